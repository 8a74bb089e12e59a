"""Formulas that answer a question, in LaTeX, in Python or as people type them."""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from autograder.leaks.notation import bare, squeezed
from autograder.leaks.reading import LONGEST, Token, balanced, runs, value
from autograder.leaks.spot import Spot
from autograder.leaks.worked import Answer

# How many letters and operations a formula must have to be no accident.
LETTERS, OPERATIONS, MOST = 3, 4, 200
# How many formulas of one text are worked out; a hostile file has many.
_TRIED = 3000
_SEEDS = (1, 2)
_NEAR = 1e-9
_MARKS = re.compile(r"[_{}^\s,]+|\\[a-z]+(?=\{)")


@dataclass(frozen=True)
class Formula:
    """A formula of an answer: its letters, and its value at each point."""

    name: str
    letters: frozenset[str]
    values: tuple[float, ...]
    spot: Spot


@dataclass(frozen=True)
class Formulas:
    """The formulas, what finds one of their letters, and the points they were worked out at."""

    formulas: tuple[Formula, ...] = ()
    letters: re.Pattern[str] | None = None
    points: tuple[Mapping[str, float], ...] = ()


def formulas(answers: Iterable[Answer], public: str) -> Formulas:
    """Return the formulas among the answers that `public` does not give."""
    found = [f for answer in answers for f in _of(answer)][:MOST]
    if not found:
        return Formulas()
    letters = frozenset().union(*(formula.letters for formula in found))
    parts = sorted(map(re.escape, letters), key=lambda word: (-len(word), word))
    pattern = re.compile("|".join(parts))
    points = tuple({letter: _drawn(letter, seed) for letter in letters} for seed in _SEEDS)
    secret = Formulas(tuple(found), pattern, points)
    given = {formula for _, formula in standing(public, secret)}
    return Formulas(tuple(f for f in found if f not in given), pattern, points)


def standing(text: str, secret: Formulas) -> Iterator[tuple[int, Formula]]:
    """Yield (line, formula) of each formula that a text holds in any form."""
    if secret.letters is None or not _may_hold(text, secret.formulas):
        return
    source, found = squeezed(text), set[Formula]()
    tried = 0
    for run in runs(source, secret.letters):
        if len(run) > LONGEST:
            continue
        words = {token for _, token in run}
        known = [f for f in secret.formulas if f.letters <= words and f not in found]
        if not known or (tried := tried + 1) > _TRIED:
            continue
        for formula in _same(run, known, secret.points):
            found.add(formula)
            yield _line(source, run[0][0]), formula


def _may_hold(text: str, secret: Iterable[Formula]) -> bool:
    """Tell at small cost whether all letters of a formula may stand in a text."""
    plain = _MARKS.sub("", text)
    return any(all(letter in plain for letter in formula.letters) for formula in secret)


def _same(
    run: list[Token], known: list[Formula], points: tuple[Mapping[str, float], ...]
) -> Iterator[Formula]:
    """Yield the formulas that a run is; its first letter may be a label before it."""
    labelled = run[0][1] in points[0]
    for tokens in (balanced(run), *([balanced(run[1:])] if labelled else [])):
        first = value(tokens, points[0])
        if first is None:
            continue
        for formula in known:
            if _near(first, formula.values[0]):
                rest = [value(tokens, point) for point in points[1:]]
                if all(_near(*both) for both in zip(rest, formula.values[1:], strict=True)):
                    yield formula


def _near(got: float | None, want: float) -> bool:
    return got is not None and abs(got - want) <= _NEAR * abs(want)


def _of(answer: Answer) -> Iterator[Formula]:
    """Yield each formula in an answer that tells enough and has a value."""
    waiting = [answer.value]
    while waiting:
        inner = waiting.pop()
        if isinstance(inner, list):
            waiting += reversed(inner)
        elif hasattr(inner, "free_symbols") and len(inner.free_symbols) >= LETTERS:
            values = tuple(_worked_out(inner, seed) for seed in _SEEDS)
            known = [number for number in values if number is not None]
            if len(known) == len(values) and inner.count_ops() >= OPERATIONS:
                letters = frozenset(bare(str(symbol)) for symbol in inner.free_symbols)
                yield Formula(answer.name, letters, tuple(known), answer.spot)


def _worked_out(formula: Any, seed: int) -> float | None:
    point = {s: _drawn(bare(str(s)), seed) for s in formula.free_symbols}
    try:
        return float(formula.subs(point))
    except (TypeError, ValueError, ArithmeticError):
        return None


def _drawn(letter: str, seed: int) -> float:
    """Return the value of a letter at a point, always the same."""
    return random.Random(f"{letter} {seed}").uniform(0.3, 1.7)


def _line(text: str, offset: int) -> int:
    return sum(text.count(end, 0, offset) for end in "\n\v") + 1
