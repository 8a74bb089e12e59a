"""The files that lie beside a master: tables, logs, reports, trained weights."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path

from autograder.assignment import Assignment
from autograder.leaks import values
from autograder.leaks.piece import Piece, TooMuch
from autograder.leaks.pieces import notebook_of, pieces
from autograder.leaks.spot import Spot
from autograder.leaks.telling import normal
from autograder.release.regions import split_lines

LONG_LINE, RECORDED_LIMIT = 40, 2 << 20
_SAMPLE, _SAMPLES = 64, 8
# How lines begin that a report may share with the handout: headings, tables, imports.
_COMMON = ("#", "|", "import ", "from ")


def recorded(kept: Mapping[str, Path]) -> tuple[dict[str, Spot], dict[str, Spot]]:
    """Return the telling lines and the telling numbers of the files beside the masters."""
    words: dict[str, Spot] = {}
    found: dict[str, Spot] = {}
    for name, path in kept.items():
        if path.stat().st_size > RECORDED_LIMIT or b"\0" in path.read_bytes()[:4096]:
            continue
        for number, line in _lines(name, path.read_bytes()):
            spot = Spot(name, number, number, "a file of the solution")
            own = not name.endswith((".csv", ".tsv")) and not line.startswith(_COMMON)
            if len(line) >= LONG_LINE and own:
                words.setdefault(line, spot)
            for _, _, value in values.numbers(line):
                if values.telling(value):
                    found.setdefault(value, spot)
    return words, found


def _lines(name: str, data: bytes) -> Iterator[tuple[int, str]]:
    """Yield (line, text) of a file; of a notebook the lines of its cells, without a number."""
    book = notebook_of(data)
    try:
        parts = list(pieces(name, data)) if book is not None else [Piece(name, data)]
    except TooMuch:
        return
    for part in parts:
        if book is None or part.kind in ("cell", "text"):
            for number, line in enumerate(split_lines(part.text), 1):
                yield (number if book is None else 0), normal(line)


def digests(data: list[tuple[str, Path]], assignment: Assignment) -> Iterator[tuple[str, Spot]]:
    """Yield the sha256 of each file of the solution folder that is no public file too."""
    for name, path in data:
        content = path.read_bytes()
        public = assignment.folder / name
        if len(content) > 20 and not (public.is_file() and public.read_bytes() == content):
            yield hashlib.sha256(content).hexdigest(), Spot(name, what="a file of the solution")


def samples(kept: Mapping[str, Path]) -> Iterator[tuple[bytes, Spot]]:
    """Yield stretches of binary files, which stay the same in any container."""
    for name, path in kept.items():
        data = path.read_bytes()
        if b"\0" not in data[:4096] or len(data) < 4 * _SAMPLE:
            continue
        for start in range(0, len(data) - _SAMPLE, max(len(data) // _SAMPLES, _SAMPLE)):
            stretch = data[start : start + _SAMPLE]
            if len(set(stretch)) > 24:
                yield stretch, Spot(name, what="a file of the solution")
