"""Expected values as numbers: however they are written, grouped or bracketed."""

from __future__ import annotations

import ast
import math
import operator
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from autograder.leaks.notation import plain, squeezed

# The digits a number must have to be no accident, and the numbers that a row must have.
DIGITS, ROW, _WIDEST = 5, 6, 60
_WRITTEN = (
    r"(?<![\w.])[-+]?(?:\d{1,3}(?:,\d{3}){1,6}(?![\d,])|\d[\d_]*|(?=\.\d))(?:\.\d*)?"
    r"(?:[eE][-+]?\d{1,3})?"
)
_NUMBER = re.compile(_WRITTEN + r"(?!\w)")
_ROW_NUMBER = re.compile(_WRITTEN + r"(?:/\d+(?![/.]\d))?(?!\w)")
_GAP = re.compile(
    r"(?:[\s\[\](){},;|&\\$`'\"]|\*\*|-(?=\s)|array|tensor|tuple|list|np|torch|and\b|\.)*"
)
# So many letters between two numbers are much: what is a row apart from that is none.
FAR = 200
_FOLD = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
}


def numbers(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield (start, end, number) of each number in a text; 1e-3, 0.001 and .0010 are the same."""
    for found in _NUMBER.finditer(text):
        if (value := normal(found[0].replace("_", "").replace(",", ""))) is not None:
            yield found.start(), found.end(), value


def telling(value: str) -> bool:
    """Tell whether a number has so many digits that it is no accident."""
    return len(value.split("e")[0].lstrip("-").replace(".", "").strip("0")) >= DIGITS


@dataclass(frozen=True)
class Stream:
    """The numbers of a text as " 1 2 3 | 4 5 # 6 ": `|` stands for words, `#` for many.

    `places` says where in `source` each part begins.
    """

    text: str
    places: tuple[int, ...]
    source: str

    def line(self, at: int) -> int:
        """Return the line of the number before which the blank at `at` stands."""
        place = self.places[self.text.count(" ", 0, at)]
        return self.source.count("\n", 0, place) + 1


def rows(text: str) -> str:
    """Return the numbers of a text as a `Stream` has them."""
    return stream(text).text


def stream(text: str, names: re.Pattern[str] | None = None) -> Stream:
    """Return the numbers of a text, and the names that stand where numbers could."""
    source = squeezed(plain(text)) if names else plain(text)
    found = _ROW_NUMBER.finditer(source)
    tokens: Iterable[tuple[int, int, str | None]]
    tokens = ((f.start(), f.end(), _quotient(f[0])) for f in found)
    if names:
        tokens = sorted([*tokens, *((f.start(), f.end(), f[0]) for f in names.finditer(source))])
    parts, places, end = [""], list[int](), 0
    for start, stop, value in tokens:
        if value is None:
            continue
        if end and not (start - end < FAR and _GAP.fullmatch(source, end, start)):
            parts.append("|" if start - end < FAR else "#")
            places.append(end)
        parts.append(value)
        places.append(start)
        end = stop
    return Stream(" ".join([*parts, ""]), tuple(places), source)


def literals(node: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield (line, number) of each telling number below a node, sums and products worked out."""
    waiting = [node]
    while waiting:
        inner = waiting.pop()
        value = folded(inner) if isinstance(inner, ast.expr) else None
        if value is None:
            waiting += ast.iter_child_nodes(inner)
        elif (number := normal(str(value))) is not None and telling(number):
            yield getattr(inner, "lineno", 0), number


def displays(node: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield (line, row) of each list or tuple of numbers alone, nested or not."""
    waiting = [node]
    while waiting:
        inner = waiting.pop()
        found = list(_flat(inner)) if isinstance(inner, (ast.List, ast.Tuple)) else [None]
        row = [value for value in found if value is not None]
        if len(row) != len(found):
            waiting += ast.iter_child_nodes(inner)
        elif len(row) >= ROW and len(set(row)) > 2:
            yield getattr(inner, "lineno", 0), f" {' '.join(row)} "


def folded(node: ast.expr, depth: int = 0) -> int | float | None:
    """Return the number that an expression of numbers alone is; None for anything else."""
    if isinstance(node, ast.Constant) and type(node.value) in (int, float):
        return _modest(node.value)
    if depth > 50:
        return None
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        value = folded(node.operand, depth + 1)
        return None if value is None else -value
    if isinstance(node, ast.BinOp) and type(node.op) in _FOLD:
        left, right = folded(node.left, depth + 1), folded(node.right, depth + 1)
        if left is None or right is None:
            return None
        try:
            return _modest(_FOLD[type(node.op)](left, right))
        except ArithmeticError:
            return None
    return None


def answers(node: ast.AST) -> Iterator[tuple[int, tuple[tuple[str, str], ...]]]:
    """Yield (line, pairs) of each dictionary from words to words: letters that were chosen."""
    for inner in ast.walk(node):
        if not isinstance(inner, ast.Dict) or len(inner.keys) < 2:
            continue
        pairs = [(_word(k), _word(v)) for k, v in zip(inner.keys, inner.values, strict=True)]
        if all(key and value for key, value in pairs):
            yield inner.lineno, tuple(pairs)


def answered(text: str, pairs: tuple[tuple[str, str], ...]) -> bool:
    """Tell whether a text gives every key its value: as a dict, a table, a list, a line."""
    return all(
        key in text
        and re.search(rf"\b{re.escape(key)}\b[^\w\n]{{1,9}}{re.escape(value)}(?!\w)", text)
        for key, value in pairs
    )


def _modest(value: object) -> int | float | None:
    """Return a number of a size that somebody could have written, else None."""
    return value if isinstance(value, (int, float)) and abs(value) < 1e30 else None


def _word(node: ast.expr | None) -> str:
    if not isinstance(node, ast.Constant):
        return ""
    return node.value if isinstance(node.value, str) else ""


def _flat(node: ast.AST) -> Iterator[str | None]:
    """Yield each number of nested displays, None for what is no number."""
    waiting = [node]
    while waiting:
        inner = waiting.pop()
        if isinstance(inner, (ast.List, ast.Tuple)):
            waiting += reversed(inner.elts)
        else:
            value = folded(inner) if isinstance(inner, ast.expr) else None
            yield None if value is None else normal(str(value))


def _quotient(text: str) -> str | None:
    """Return the number that is written, perhaps as a quotient of whole numbers."""
    top, _, below = text.replace("_", "").replace(",", "").partition("/")
    if not below:
        return normal(top)
    try:
        return normal(str(float(top) / int(below)))
    except (ValueError, ArithmeticError):
        return None


def normal(text: str) -> str | None:
    """Return a number to six digits, or exactly where it is whole; None for what is none."""
    try:
        if text.lstrip("+-").isdigit():
            return str(int(text)) if len(text) < _WIDEST else None
        value = float(text)
        if abs(value) < 1e15 and value.is_integer():
            return str(int(value))
        return f"{value:.5e}" if math.isfinite(value) else None
    except (ValueError, OverflowError):
        return None
