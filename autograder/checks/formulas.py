"""Compare a student's formula, or matrix of formulas, with the right one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from autograder.checks.symbols import Domain, FormulaError, Verdict, coerce, same, same_matrix
from autograder.report import Finding
from autograder.wall.formula import text_of

ROW = 12
WRITTEN = "write a formula: * for every product, ** for a power, and the names of the handout"

Labels = tuple[Sequence[str], Sequence[str]]


@dataclass(frozen=True)
class Compared:
    """How a comparison ended: equal (neither field), a finding, or undecided with why."""

    finding: Finding | None = None
    undecided: str = ""


@dataclass(frozen=True)
class Question:
    """What is asked: the right formula, the names allowed, where it has to hold."""

    want: Any
    symbols: Mapping[str, Any]
    domain: Domain | None
    mistakes: Mapping[str, Any]
    name: str
    labels: Labels | None = None


def compare(got: Any, question: Question) -> Compared:
    """Return whether `got` equals `question.want`, entry by entry for a matrix."""
    try:
        mine = coerce(got, question.symbols)
    except FormulaError as error:
        return Compared(Finding("type", f"{question.name} cannot be read: {error}", WRITTEN))
    right = coerce(question.want, None) if isinstance(question.want, list) else question.want
    if not _is_matrix(right):
        return _entry(mine, right, question)
    rows = mine if isinstance(mine, list) else [[mine]]
    verdict, place = same_matrix(rows, right, question.domain)
    if verdict.equal:
        return Compared()
    if place is None:
        hint = _hint(rows, right, question)
        return Compared(Finding("shape", f"{question.name}: {verdict.reason}", hint))
    return _told(verdict, f"{_place(place, question)} of {question.name}", rows, question)


def _entry(mine: Any, right: Any, question: Question) -> Compared:
    if isinstance(mine, list):
        if len(mine) != 1 or len(mine[0]) != 1:
            seen = f"{question.name} is a matrix, one formula was wanted"
            return Compared(Finding("shape", seen))
        mine = mine[0][0]
    verdict = same(mine, right, question.domain)
    return Compared() if verdict.equal else _told(verdict, question.name, mine, question)


def _told(verdict: Verdict, place: str, mine: Any, question: Question) -> Compared:
    if verdict.equal is None:
        return Compared(undecided=f"{place}: {verdict.reason}")
    hint = _hint(mine, question.want, question)
    at = ", ".join(f"{name} = {value}" for name, value in list(verdict.point.items())[:6])
    seen = f"{place} is not right"
    seen += f": at {at} it is {verdict.got}, {verdict.want} was wanted" if at else ""
    # The right formula stays out of it: a point where the two differ says enough.
    return Compared(Finding("value", seen, hint, got=_shown(mine)))


def _hint(mine: Any, right: Any, question: Question) -> str:
    for hint, wrong in question.mistakes.items():
        if _equal(mine, wrong, question) and not _equal(right, wrong, question):
            return hint
    if _is_matrix(right) and _is_matrix(mine) and _equal(_transposed(mine), right, question):
        return "your matrix is the transpose of the right one"
    return ""


def _equal(mine: Any, wrong: Any, question: Question) -> bool:
    if _is_matrix(mine) is not _is_matrix(wrong):
        return False
    if _is_matrix(wrong):
        return same_matrix(mine, wrong, question.domain)[0].equal is True
    return same(mine, wrong, question.domain).equal is True


def _is_matrix(value: Any) -> bool:
    return isinstance(value, list) or hasattr(value, "tolist")


def _transposed(rows: Any) -> list[list[Any]]:
    listed = rows.tolist() if hasattr(rows, "tolist") else rows
    return [list(column) for column in zip(*listed, strict=True)]


def _place(place: tuple[int, int], question: Question) -> str:
    row, column = place
    if question.labels is None:
        return f"row {row + 1}, column {column + 1}"
    return f"row {question.labels[0][row]}, column {question.labels[1][column]}"


def _shown(value: Any, limit: int = 400) -> str:
    """Return a student's formula as text; never through sympy's printer, which evaluates."""
    if isinstance(value, list):
        rows = (", ".join(_shown(cell, limit) for cell in row[:ROW]) for row in value[:ROW])
        text = "[" + ", ".join(f"[{row}]" for row in rows) + "]"
    else:
        try:
            text = text_of(value)
        except FormulaError:
            text = "a formula too long to show"
    return text if len(text) <= limit else f"{text[: limit - 4]} ..."
