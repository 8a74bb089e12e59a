"""Formulas as text: the only way text becomes a sympy expression, and the way back.

Python evaluates nothing here: the text is checked for its characters, parsed to a syntax
tree, and the tree is read with the allow-list of `autograder.wall.grammar`.
"""

from __future__ import annotations

import ast
import keyword
import re
from collections.abc import Mapping
from typing import Any

from autograder.wall.allowed import ALLOWED, DIGITS_LIMIT, GREEK, NODES_LIMIT, FormulaError
from autograder.wall.grammar import Reader

__all__ = ["FormulaError", "matrix_texts", "parse", "text_of"]

TEXT_LIMIT = 20_000

_STRANGE = re.compile(rf"[^A-Za-z0-9_ .,+\-*/()\[\]^{{}}{GREEK}]")
_WORD = re.compile(rf"(?<![\w.])[A-Za-z{GREEK}_]\w*(?:\^?\{{[\w, ]*\}}\w*)*")
_TYPED = str.maketrans({"×": "*", "·": "*", "−": "-", "\n": " ", "\t": " ", "\r": " "})


def parse(text: str, symbols: Mapping[str, Any] | None = None) -> Any:
    """Return the sympy expression that `text` says.

    `symbols` maps the names that may be used to sympy symbols, expressions or undefined
    functions, or to the name of an allowed function; `W[1][2]` and `W[1, 2]` are one name,
    `w_{1}^{12}` is another. Without it every plain name becomes a symbol. Decimals become
    exact rationals; one of 15 or more significant digits, which only a computation
    writes, stays a Float.

    Raises FormulaError, with a message for the student, for anything else.
    """
    import sympy

    if not isinstance(text, str):
        raise FormulaError(f"a formula is a text, this is a {type(text).__name__}")
    declared = None if symbols is None else {_key(name): v for name, v in symbols.items()}
    line, quoted = _quote(_checked(text), declared)
    reader = Reader(sympy, declared, line.encode(), quoted, [0])
    return reader.part(_tree(line), 0)


def text_of(expression: Any) -> str:
    """Return the text of a sympy expression, such that `parse` gives it back.

    A Float is written with the fewest digits that name it. Safe for an expression that
    `parse` made from a hostile text, where sympy's own printer can take hours. Raises
    FormulaError when the expression is too large.
    """
    try:
        if _size(expression) > NODES_LIMIT:
            raise FormulaError("the expression is too large to be sent: simplify it")
        return str(_printer().doprint(expression))
    except RecursionError:
        raise FormulaError("the expression is nested too deeply: simplify it") from None


def matrix_texts(matrix: Any) -> list[list[str]]:
    """Return the texts of a sympy matrix, row by row; errors as in `text_of`."""
    return [[text_of(cell) for cell in row] for row in matrix.tolist()]


def _checked(text: str) -> str:
    """Return the text on one line, or raise when a character or a number is not allowed."""
    if len(text) > TEXT_LIMIT:
        raise FormulaError(f"the formula has {len(text)} characters, {TEXT_LIMIT} are allowed")
    line = text.translate(_TYPED).strip()
    if not line:
        raise FormulaError("the formula is empty")
    if strange := _STRANGE.search(line):
        around = line[max(0, strange.start() - 10) : strange.end() + 10]
        hint = "give only the right-hand side" if strange[0] == "=" else ALLOWED
        raise FormulaError(f"a formula cannot hold {strange[0]!r}, seen in {around!r}; {hint}")
    if re.search(r"(?<!\w)__", line):
        raise FormulaError("a name cannot begin with two underscores")
    if re.search(rf"[0-9_]{{{DIGITS_LIMIT + 1}}}", line):
        raise FormulaError(f"a number has more than {DIGITS_LIMIT} digits")
    return line


def _quote(line: str, declared: dict[str, Any] | None) -> tuple[str, dict[str, str]]:
    """Replace names that Python cannot read (`w_{1}`, `lambda`) by plain ones."""
    quoted: dict[str, str] = {}

    def plain(match: re.Match[str]) -> str:
        word = match[0].replace(" ", "")
        reserved = keyword.iskeyword(word) and word.islower()
        if "{" not in word and not (reserved and (declared is None or word in declared)):
            return match[0]
        return quoted.setdefault(word, f"__{len(quoted)}")

    return _WORD.sub(plain, line), {code: word for word, code in quoted.items()}


def _tree(line: str) -> ast.expr:
    try:
        return ast.parse(line, mode="eval").body
    except SyntaxError as error:
        near = line[max(0, (error.offset or 1) - 6) : (error.offset or 1) + 10]
        hint = "write * for every product and close every bracket"
        raise FormulaError(f"the formula cannot be read near {near!r}: {hint}") from None
    except (RecursionError, MemoryError, ValueError):
        raise FormulaError("the formula is too long or nested too deeply") from None


def _key(name: str) -> str:
    return name.replace(" ", "").replace("][", ",")


def _size(expression: Any) -> int:
    """Return the number of nodes of the expression written out; shared parts count again."""
    sizes: dict[Any, int] = {}
    stack = [expression]
    while stack:
        node = stack[-1]
        if missing := [part for part in node.args if part not in sizes]:
            stack.extend(missing)
        else:
            sizes[node] = 1 + sum(sizes[part] for part in node.args)
            stack.pop()
    return sizes[expression]


def _printer() -> Any:
    from mpmath.libmp import repr_dps, to_str
    from sympy.printing.str import StrPrinter

    class Printer(StrPrinter):  # type: ignore[misc]
        """Sympy's printer, but it computes nothing to order terms, and loses no digit."""

        def _as_ordered_terms(self, expr: Any, order: Any = None) -> list[Any]:
            return sorted(expr.args, key=lambda term: bool(term.is_Number))

        def _print_LatticeOp(self, expr: Any) -> str:
            return f"{type(expr).__name__}({', '.join(map(self._print, expr.args))})"

        def _print_Float(self, expr: Any) -> str:
            short = repr(float(expr))
            if expr._prec == 53 and short not in {"inf", "-inf", "0.0"}:
                return short
            return str(to_str(expr._mpf_, repr_dps(expr._prec), strip_zeros=False))

    return Printer({"order": "none"})
