"""Columns of numbers in a table that people made: found by their heads, told by their place."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NoReturn

import numpy as np

from autograder.checks.convert import Array
from autograder.checks.failure import CheckFailed
from autograder.report import Finding

HEAD_LINES = 50
LARGEST = 1e9
SHOWN = 4

Rows = Sequence[Sequence[Any]]
Wanted = Mapping[str, Sequence[str]]


def read_columns(rows: Rows, wanted: Wanted, formulas: Callable[[], Rows]) -> dict[str, Array]:
    """Return the wanted columns of a table as float64 arrays, all of one length.

    `wanted` maps the head of each column to other spellings of it; of a head only letters and
    digits count. The heads stand in that one of the first 50 lines that has most of them; of
    two columns with one head the first is read. Lines without a value in any wanted column
    are passed over. `formulas()` gives the table with formulas as text.

    Raises CheckFailed when a column is missing, when there is no line of numbers, or when a
    cell holds no finite number below 1e9 in size; ValueError when two heads read alike.
    """
    top, places = _heads(rows, wanted)
    found = []
    for line, row in enumerate(rows[top + 1 :], top + 1):
        cells = [row[place] if place < len(row) else None for place in places]
        if any(cell is not None and cell != "" for cell in cells):
            found.append([_number(cell) for cell in cells])
            if None in found[-1]:
                _tell(line, places[found[-1].index(None)], formulas)
    if not found:
        _fail("the table has no line of numbers", "write the numbers below the heads")
    return dict(zip(wanted, np.array(found, dtype=np.float64).T, strict=True))


def plain(head: Any) -> str:
    """Return the letters and digits of a head, small: `dE / dW₁` becomes `dedw1`."""
    text = unicodedata.normalize("NFKC", str(head)).casefold()
    return "".join(letter for letter in text if letter.isalnum())


def _heads(rows: Rows, wanted: Wanted) -> tuple[int, list[int]]:
    """Return the line of the heads and the place of each wanted column in it."""
    spellings = [{plain(name), *map(plain, others)} for name, others in wanted.items()]
    if sum(map(len, spellings)) > len(set().union(*spellings)):
        raise ValueError("two of the wanted heads read alike")
    best: tuple[int, list[int | None]] = 0, [None] * len(spellings)
    for line, row in enumerate(rows[:HEAD_LINES]):
        first = {plain(cell): place for place, cell in reversed(list(enumerate(row)))}
        places = [_place(first, names) for names in spellings]
        if places.count(None) < best[1].count(None):
            best = line, places
    missing = [name for name, place in zip(wanted, best[1], strict=True) if place is None]
    if missing:
        names, more = ", ".join(missing[:SHOWN]), ", ..." if len(missing) > SHOWN else ""
        seen = f"the table lacks {len(missing)} of its {len(wanted)} columns: {names}{more}"
        _fail(seen, "name each column in one line of heads; in a CSV commas part the columns")
    return best[0], [place for place in best[1] if place is not None]


def _place(first: Mapping[str, int], names: set[str]) -> int | None:
    return min((first[name] for name in names if name in first), default=None)


def _number(cell: Any) -> float | None:
    """Return a cell as a number, or None; a number that was stored as text counts."""
    if isinstance(cell, bool):
        return None
    try:
        number = float(cell)
    except (TypeError, ValueError, OverflowError):
        return None
    return number if abs(number) < LARGEST else None


def _tell(line: int, place: int, formulas: Callable[[], Rows]) -> NoReturn:
    """Say which cell is no number; `line` and `place` count from 0."""
    where = f"line {line + 1}, column {place + 1} of the table"
    rows = formulas()
    row = rows[line] if line < len(rows) else ()
    if place < len(row) and str(row[place]).startswith("="):
        hint = "open the file in a spreadsheet program, save it there and hand it in again"
        _fail(f"{where} is a formula whose value was not saved", hint)
    _fail(f"{where} holds no number", "write plain numbers, with a point before the decimals")


def _fail(message: str, hint: str) -> NoReturn:
    raise CheckFailed(Finding("type", message, hint))
