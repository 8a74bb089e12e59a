"""Hand-in files that are not Python, as a check sees them."""

from __future__ import annotations

import csv
import io
import os
import re
import stat
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autograder.assignment import Handin
from autograder.checks.failure import CheckFailed
from autograder.report import Finding
from autograder.wall.exchange import Exchange

if TYPE_CHECKING:
    from autograder.checks.convert import Array

SIZE_LIMIT = 8 << 20
ROWS_LIMIT = 20_000
PICTURE_BYTES = 500
_SHAPES = rb"path|line|polyline|polygon|rect|circle|ellipse|image|use"
_SHAPE = re.compile(rb"<(\w+:)?(" + _SHAPES + rb")[\s/>]", re.I)


@dataclass(frozen=True)
class Files:
    """The files of one submission, by the name that the assignment gives them."""

    folder: Path
    handins: tuple[Handin, ...]
    exchange: Exchange = field(repr=False)

    def path(self, name: str) -> Path | None:
        """Return where the hand-in `name` (or what came instead of it) lies, or None."""
        handin = next(h for h in self.handins if h.name == name)
        paths = (self.folder / n for n in (handin.name, *handin.instead))
        return next((p for p in paths if _is_plain(p)), None)

    def present(self, name: str) -> bool:
        return self.path(name) is not None

    def need(self, name: str, limit: int = SIZE_LIMIT) -> Path:
        """Return the path of a hand-in of at most `limit` bytes.

        Raises CheckFailed when it was not handed in, or is larger.
        """
        path = self.path(name)
        if path is None:
            handin = next(h for h in self.handins if h.name == name)
            names = " or ".join((handin.name, *handin.instead))
            raise CheckFailed(
                Finding("missing", f"no {names} was handed in", f"put {names} beside your code")
            )
        if path.stat().st_size > limit:
            size = f"{path.stat().st_size >> 20} MB, at most {limit >> 20} MB is read"
            raise CheckFailed(Finding("type", f"{path.name} has {size}", "hand in a smaller file"))
        return path

    def size(self, name: str) -> int:
        """Return a hand-in's size in bytes."""
        return self.need(name).stat().st_size

    def data(self, name: str, limit: int = SIZE_LIMIT) -> bytes:
        path = self.need(name, limit)
        with open(path, "rb", opener=_never_follow) as file:
            return file.read(limit + 1)

    def text(self, name: str) -> str:
        """Return a hand-in as text (UTF-8, with or without BOM; other bytes are replaced)."""
        return self.data(name).decode("utf-8-sig", "replace")

    def picture(self, name: str) -> Path:
        """Return the path of a hand-in that is an SVG, PNG, PDF or JPEG of 500 bytes or more.

        Told by its content, whatever its name; an SVG has to draw something. Raises
        CheckFailed for anything else.
        """
        data, path = self.data(name), self.need(name)
        if not _is_picture(data) or len(data) < PICTURE_BYTES:
            seen = f"{path.name} ({len(data)} bytes) is no picture that can be shown"
            hint = "save it as SVG, PNG, PDF or JPEG from the program that drew it"
            raise CheckFailed(Finding("type", seen, hint))
        return path

    def table(self, name: str) -> list[list[Any]]:
        """Return a CSV or spreadsheet as rows; cells are numbers, text or None.

        Of a spreadsheet, the values that its program stored. Raises CheckFailed when the
        file cannot be read as a table.
        """
        path = self.need(name)
        if path.suffix.lower() == ".xlsx":
            return self._sheet(path, values=True)
        try:
            rows = list(islice(csv.reader(io.StringIO(self.text(name), newline="")), ROWS_LIMIT))
        except csv.Error as error:
            raise CheckFailed(
                Finding("type", f"{path.name} is not a table: {error}", "save it as plain CSV")
            ) from None
        return [[_cell(cell) for cell in row] for row in rows]

    def columns(self, name: str, wanted: Mapping[str, Sequence[str]]) -> dict[str, Array]:
        """Return columns of numbers of a CSV or spreadsheet by their heads, as arrays (rows,).

        `wanted` maps each head to other spellings of it; order, case, signs and other columns
        do not matter. Raises CheckFailed for a column or a number that is missing.
        """
        from autograder.checks.columns import read_columns

        return read_columns(self.table(name), wanted, partial(self.formulas, name))

    def formulas(self, name: str) -> list[list[Any]]:
        """Return a spreadsheet's cells with formulas as text; of a CSV, its table."""
        path = self.need(name)
        is_sheet = path.suffix.lower() == ".xlsx"
        return self._sheet(path, values=False) if is_sheet else self.table(name)

    def _sheet(self, path: Path, *, values: bool) -> list[list[Any]]:
        from autograder.wall.failure import StudentFailure

        try:
            return self.exchange.sheet(path, values=values)
        except StudentFailure as failure:
            if failure.finding.kind != "raised":
                raise
            hint = "save it again as .xlsx with a spreadsheet program"
            raise CheckFailed(
                Finding("type", f"{path.name} cannot be read as a spreadsheet", hint)
            ) from None


def _is_plain(path: Path) -> bool:
    """Tell a file from a link: the student's code may have put one there, to a secret."""
    try:
        return stat.S_ISREG(os.lstat(path).st_mode)
    except OSError:
        return False


def _is_picture(data: bytes) -> bool:
    start = data.lstrip(b"\xef\xbb\xbf \t\r\n")[:2000].lower()
    if start.startswith(b"<") and b"<svg" in start and b"<html" not in start:
        return _SHAPE.search(data) is not None
    return data.startswith((b"\x89PNG", b"\xff\xd8\xff", b"%PDF"))


def _never_follow(path: str, flags: int) -> int:
    return os.open(path, flags | getattr(os, "O_NOFOLLOW", 0))


def _cell(text: str) -> Any:
    text = text.strip()
    if not text:
        return None
    try:
        return float(text)
    except ValueError:
        return text
