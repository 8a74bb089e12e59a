"""Formulas read from text: a value at given points, however a formula is written.

Two formulas with one value at points drawn at random are the same. LaTeX, Python and what
people type are read alike: `\\frac{a}{b} c`, `a/b*c` and `a / b · c`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence

# A longer formula is not read, nor one that is nested deeper.
LONGEST, DEEPEST = 400, 40
_TOKEN = re.compile(
    r"\d+\.?\d*|\.\d+|\\?[A-Za-z][A-Za-z0-9]*|\*\*|[-+*/^()\[\]{}]|[ \t\v]+|\\\\|[^\W\d_]+|.|\n",
    re.S,
)
_FUNCTIONS: Mapping[str, Callable[[float], float]] = {
    "exp": math.exp,
    "log": math.log,
    "ln": math.log,
    "sqrt": math.sqrt,
    "sin": math.sin,
    "cos": math.cos,
    "tanh": math.tanh,
    "sigma": lambda x: 1 / (1 + math.exp(-x)),
}
_OPEN, _CLOSE = frozenset("([{"), frozenset(")]}")
_SIGNS = frozenset("+-*/^") | {"**"}

Token = tuple[int, str]


class Unread(Exception):
    """A text is no formula."""


def runs(text: str, names: re.Pattern[str]) -> Iterator[list[Token]]:
    """Yield the stretches of a squeezed text that hold nothing but what formulas are made of.

    Each token comes with its offset; `names` finds the names in a word of several.
    """
    run: list[Token] = []
    for found in _TOKEN.finditer(text):
        word = found[0]
        if word.isspace() and word != "\n":
            continue
        if parts := _parts(word, names):
            run += [(found.start(), part) for part in parts]
        else:
            if run:
                yield run
            run = []
    if run:
        yield run


def _parts(word: str, names: re.Pattern[str]) -> list[str]:
    """Return a token as names, functions, numbers and signs; nothing for any other word."""
    bare = word.removeprefix("\\")
    if word[0].isdigit() or word[0] == "." or word in _SIGNS or word in _OPEN | _CLOSE:
        return [word] if word != "." else []
    if bare in _FUNCTIONS or word == "\\frac":
        return [bare]
    found = names.findall(word)
    return found if "".join(found) == word else []


def balanced(tokens: Sequence[Token]) -> list[Token]:
    """Return a run without the signs at its ends and the brackets that nothing answers."""
    opened, lone = list[int](), set[int]()
    for index, (_, token) in enumerate(tokens):
        if token in _OPEN:
            opened.append(index)
        elif token in _CLOSE:
            if opened:
                opened.pop()
            else:
                lone.add(index)
    lone.update(opened)
    kept = [token for index, token in enumerate(tokens) if index not in lone]
    first, last = 0, len(kept)
    while last and kept[last - 1][1] in _SIGNS:
        last -= 1
    while first < last and kept[first][1] in _SIGNS - {"-", "+"}:
        first += 1
    return kept[first:last]


def value(tokens: Sequence[Token], point: Mapping[str, float]) -> float | None:
    """Return the value of a formula at a point; None for what is no formula or has no value."""
    reader = _Reader([token for _, token in tokens], point)
    try:
        found = reader.sum(0)
        return found if reader.at == len(tokens) and math.isfinite(found) else None
    except (Unread, ArithmeticError, ValueError, TypeError):
        return None


class _Reader:
    """What reads the tokens of one formula from left to right."""

    def __init__(self, tokens: Sequence[str], point: Mapping[str, float]) -> None:
        self.tokens, self.point, self.at = tokens, point, 0

    def next(self) -> str:
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def take(self) -> str:
        self.at += 1
        return self.tokens[self.at - 1]

    def sum(self, depth: int) -> float:
        if depth > DEEPEST:
            raise Unread
        total = self.product(depth)
        while self.next() in ("+", "-"):
            sign = self.take()
            term = self.product(depth)
            total = total + term if sign == "+" else total - term
        return total

    def product(self, depth: int) -> float:
        total = self.signed(depth)
        while (token := self.next()) and token not in _CLOSE and token not in ("+", "-", "^", "**"):
            if token == "/":
                self.take()
                total /= self.signed(depth)
            else:
                if token == "*":
                    self.take()
                total *= self.signed(depth)
        return total

    def signed(self, depth: int) -> float:
        if depth > DEEPEST:
            raise Unread
        if self.next() in ("+", "-"):
            return (-1 if self.take() == "-" else 1) * self.signed(depth + 1)
        base = self.atom(depth)
        if self.next() in ("^", "**"):
            self.take()
            power = self.signed(depth + 1)
            if isinstance(found := base**power, complex):
                raise Unread
            return float(found)
        return base

    def atom(self, depth: int) -> float:
        token = self.next()
        if not token:
            raise Unread
        self.take()
        if token in _OPEN:
            inner = self.sum(depth + 1)
            if self.next() not in _CLOSE:
                raise Unread
            self.take()
            return inner
        if token == "frac":
            return self.atom(depth + 1) / self.atom(depth + 1)
        if token in self.point:
            return self.point[token]
        if token in _FUNCTIONS:
            return _FUNCTIONS[token](self.atom(depth + 1))
        return float(token)
