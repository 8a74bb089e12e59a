"""Matrices and lists that answer a question, however they are bracketed, broken or rounded."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

from autograder.leaks.notation import bare, squeezed
from autograder.leaks.spot import Spot
from autograder.leaks.values import ROW, Stream, normal, stream
from autograder.leaks.worked import Answer

# How much numbers must tell, in bits, to be no accident: in a row of four, and in a table.
LEAST, TELLING, TABLE, OF_TABLE = 4, 18, 10, 12
# Whose values are searched at most, and in how many decimals a reader may round them.
LARGEST, MOST, DECIMALS = 400, 300, (2, 3, 4)
# How many words and numbers may stand between two rows, in how many letters; how often a row is
# looked for, so that a hostile file takes no time.
_BETWEEN, _WIDEST, _TIMES = 6, 90, 200
_DIGIT = 3.3


@dataclass(frozen=True)
class Grid:
    """Rows of values in the notation of `values.rows`, and whose answer they are."""

    name: str
    rows: tuple[str, ...]
    spot: Spot

    @cached_property
    def first(self) -> str:
        return f" {self.rows[0]} "

    def place(self, told: str) -> int:
        """Return where the rows stand in order in the text of a stream; -1 for nowhere."""
        if self.first not in told:
            return -1
        ends = {at + len(self.first) - 1: at for at in _all(self.first, told, 0, len(told))}
        for row in self.rows[1:]:
            ends = {
                at + len(row) + 1: start
                for end, start in reversed(ends.items())
                for at in _all(f" {row} ", told, end, end + len(row) + _WIDEST)
                if _near(told[end:at])
            }
        return min(ends.values(), default=-1)

    def words(self) -> Iterator[str]:
        return (value for value in str(self).split() if value[0].isalpha())

    def __str__(self) -> str:
        return " ".join(self.rows)


@dataclass(frozen=True)
class Grids:
    """The grids of numbers, those that hold names, and these names."""

    numbers: tuple[Grid, ...] = ()
    named: tuple[Grid, ...] = ()
    names: re.Pattern[str] | None = None


def grids(answers: Iterable[Answer], public: str) -> Grids:
    """Return the grids that the answers hold; none of those that `public` gives in any form."""
    found = [forms for answer in answers for forms in _of(answer)]
    names = naming(word for forms in found for grid in forms for word in grid.words())
    told = stream(public).text + (f"# {stream(public, names).text}" if names else "")
    secret = (forms for forms in found if all(grid.place(told) < 0 for grid in forms))
    kept = list(dict.fromkeys(grid for forms in secret for grid in forms))[:MOST]
    lettered = tuple(grid for grid in kept if any(grid.words()))
    return Grids(tuple(grid for grid in kept if grid not in lettered), lettered, names)


def naming(words: Iterable[str]) -> re.Pattern[str] | None:
    """Return what finds the words in a squeezed text, the longest first; None for no words."""
    parts = sorted(map(re.escape, set(words)), key=lambda word: (-len(word), word))
    return re.compile(rf"(?<![\w.\\])(?:{'|'.join(parts)})(?!\w)") if parts else None


def standing(told: Stream, secret: Grids) -> Iterator[tuple[int, Grid]]:
    """Yield (line, grid) of each grid of numbers that a stream holds."""
    yield from _standing(told, secret.numbers)


def named(text: str, secret: Grids) -> Iterator[tuple[int, Grid]]:
    """Yield (line, grid) of each grid with names in it that a text holds."""
    if secret.names and secret.names.search(squeezed(text)):
        yield from _standing(stream(text, secret.names), secret.named)


def _standing(told: Stream, found: tuple[Grid, ...]) -> Iterator[tuple[int, Grid]]:
    for grid in found:
        if (place := grid.place(told.text)) >= 0:
            yield told.line(place), grid


def _all(row: str, told: str, first: int, last: int) -> Iterator[int]:
    """Yield the places of a row in a stretch of a stream."""
    at, count = told.find(row, first, last), 0
    while at >= 0 and count < _TIMES:
        yield at
        at, count = told.find(row, at + 1, last), count + 1


def _near(between: str) -> bool:
    return "#" not in between and between.count(" ") <= _BETWEEN


def _of(answer: Answer) -> Iterator[tuple[Grid, ...]]:
    """Yield the whole of an answer and its parts, as far as they tell, each in all its forms."""
    waiting = [answer.value]
    while waiting:
        block = waiting.pop(0)
        if not isinstance(block, list) or not block:
            continue
        if isinstance(block[0], list):
            waiting += block[:LARGEST]
        rows = _rows(block)
        if rows and sum(map(len, rows)) <= LARGEST and not _regular(_texts(rows, None)):
            yield (*_written(answer, rows), *_written(answer, _turned(block)))


def _written(answer: Answer, rows: list[list[Any]]) -> Iterator[Grid]:
    """Yield rows as they are and rounded."""
    for decimals in (None, *DECIMALS):
        told = _texts(rows, decimals)
        if len(told) == sum(map(len, rows)) and telling(told) and (len(rows) > 1 or not _few(told)):
            left = iter(told)
            lines = (" ".join(next(left) for _ in row) for row in rows)
            yield Grid(answer.name, tuple(lines), answer.spot)


def _texts(rows: list[list[Any]], decimals: int | None) -> list[str]:
    """Return the values that have a notation, one after the other."""
    texts = (_text(value, decimals) for row in rows for value in row)
    return [text for text in texts if text]


def _few(row: list[str]) -> bool:
    """Tell whether a row is a short list of whole numbers, such as the widths of a network."""
    return len(row) < ROW and all(value.lstrip("-").isdigit() for value in row)


def _rows(block: list[Any]) -> list[list[Any]]:
    """Return the rows of nested lists; of rows of one value their values as one row."""
    rows, waiting = list[list[Any]](), [block]
    while waiting:
        inner = waiting.pop(0)
        if inner and all(isinstance(part, list) for part in inner):
            waiting[:0] = inner
        elif any(isinstance(part, list) for part in inner):
            return []
        else:
            rows.append(inner)
    if all(len(row) == 1 for row in rows):
        return [[value for row in rows for value in row]]
    return rows


def _turned(block: list[Any]) -> list[list[Any]]:
    """Return the columns of a table as rows; nothing for what is no table."""
    rows = [row for row in block if isinstance(row, list)]
    flat = len(rows) == len(block) and all(rows) and len(set(map(len, rows))) == 1
    if not flat or any(isinstance(value, list) for row in rows for value in row):
        return []
    return _rows([list(column) for column in zip(*rows, strict=True)])


def _text(value: Any, decimals: int | None) -> str | None:
    """Return a value in the notation of a stream; None for what is none."""
    if isinstance(value, (int, float)):
        return normal(repr(value) if decimals is None else f"{value:.{decimals}f}")
    word = bare(str(value))
    return word if getattr(value, "is_Symbol", False) and word.isidentifier() else None


def telling(values: list[str]) -> bool:
    """Tell whether nobody would write these values by accident."""
    if len(values) < LEAST or _regular(values):
        return False
    told, seen = 0.0, set[str]()
    for value in values:
        told += 1 if value in seen else _bits(value)
        seen.add(value)
    return told >= (OF_TABLE if len(values) >= TABLE else TELLING)


def _bits(value: str) -> float:
    if value in ("0", "1"):
        return 1
    if value[0].isalpha():
        return _DIGIT
    digits = value.split("e")[0].lstrip("-").replace(".", "").rstrip("0")
    return _DIGIT * len(digits) + value.startswith("-") if value != "-1" else 2


def _regular(values: list[str]) -> bool:
    """Tell whether anybody may write a row: one value or two in turn, a count, a diagonal."""
    rest = len(values) - max((values.count(value) for value in set(values)), default=0)
    if values[2:] == values[:-2] or (len(set(values)) == 2 and rest <= len(values) ** 0.5):
        return True
    try:
        numbers = [float(value) for value in values]
    except ValueError:
        return False
    steps = {round(b - a, 6) for a, b in pairwise(numbers)}
    ratios = {round(b / a, 6) for a, b in pairwise(numbers) if a}
    return len(steps) == 1 or (len(ratios) == 1 and all(numbers))
