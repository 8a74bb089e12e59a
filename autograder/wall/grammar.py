"""A syntax tree read as a sympy expression, part by part.

Sympy evaluates nothing here, because its automatic simplification of a hostile formula
can take hours: nodes are built unevaluated, in sympy's own order of arguments, and only
plain numbers are put together, after their size was checked. So an expression that sympy
printed comes back as it was, and a hostile one costs no more than its length.
"""

from __future__ import annotations

import ast
import difflib
import re
from dataclasses import dataclass
from fractions import Fraction
from functools import cmp_to_key
from typing import Any, NoReturn

from autograder.wall.allowed import (
    ALLOWED,
    ARGUMENTS,
    BITS_LIMIT,
    CONSTANTS,
    DEPTH_LIMIT,
    DIGITS_LIMIT,
    EXPONENT_LIMIT,
    FLOAT_DIGITS,
    GREEK,
    NO_NUMBER,
    NODES_LIMIT,
    OTHER_NAMES,
    FormulaError,
)

_NAME = re.compile(rf"[A-Za-z{GREEK}][A-Za-z0-9_{GREEK}]*\Z")
_DECIMAL = re.compile(r"(\d*)\.?(\d*)(?:[eE]([+-]?\d+))?\Z")


@dataclass(frozen=True)
class Reader:
    """Walks a syntax tree; `part` returns the expression that a node says."""

    sympy: Any
    declared: dict[str, Any] | None
    source: bytes
    quoted: dict[str, str]
    count: list[int]

    def refuse(self, node: ast.expr, why: str) -> NoReturn:
        shown = self.source[node.col_offset : node.end_col_offset].decode(errors="replace")
        for code, word in self.quoted.items():
            shown = shown.replace(code, word)
        shown = shown if len(shown) <= 60 else f"{shown[:40]} ... {shown[-16:]}"
        raise FormulaError(f"{shown!r} cannot be used in a formula: {why}")

    def part(self, node: ast.expr, depth: int) -> Any:
        self.count[0] += 1
        if self.count[0] > NODES_LIMIT or depth > DEPTH_LIMIT:
            raise FormulaError("the formula is too long or nested too deeply")
        match node:
            case ast.Constant():
                return self.number(node)
            case ast.Name() | ast.Subscript():
                return self.name(node)
            case ast.UnaryOp(op=ast.USub()) | ast.BinOp(op=ast.Mult() | ast.Div()):
                return self.fold(node, self.sympy.Mul, self.factors(node, depth))
            case ast.UnaryOp(op=ast.UAdd()):
                return self.part(node.operand, depth + 1)
            case ast.BinOp(op=ast.Add() | ast.Sub()):
                return self.fold(node, self.sympy.Add, self.terms(node, depth))
            case ast.BinOp(op=ast.Pow()):
                base = self.part(node.left, depth + 1)
                return self.power(node, base, self.part(node.right, depth + 1))
            case ast.Call(func=ast.Name() as function, keywords=[]):
                return self.call(node, function, depth)
            case ast.BinOp(op=ast.BitXor()):
                self.refuse(node, "write ** for a power")
        self.refuse(node, ALLOWED)

    def number(self, node: ast.Constant) -> Any:
        literal = self.source[node.col_offset : node.end_col_offset].decode()
        decimal = _DECIMAL.match(literal.replace("_", ""))
        if decimal is None:
            self.refuse(node, "write a decimal number")
        if abs(int(decimal[3] or 0)) > DIGITS_LIMIT:
            self.refuse(node, f"a number has at most {DIGITS_LIMIT} digits")
        digits = (decimal[1] + decimal[2]).lstrip("0")
        if isinstance(node.value, float) and len(digits.rstrip("0")) >= FLOAT_DIGITS:
            return self.sympy.Float(decimal[0], max(FLOAT_DIGITS, len(digits) - 3))
        exact = Fraction(decimal[0])
        return self.sympy.Rational(exact.numerator, exact.denominator)

    def name(self, node: ast.Name | ast.Subscript) -> Any:
        word = self.word(node)
        if self.declared is not None and word in self.declared:
            value = self.declared[word]
            if isinstance(value, (self.sympy.FunctionClass, str)):
                self.refuse(node, "it is a function: give its argument in brackets")
            return self.sympy.sympify(value, strict=True)
        if word in CONSTANTS:
            return getattr(self.sympy.S, CONSTANTS[word])
        if word in NO_NUMBER:
            self.refuse(node, "the formula divides by zero somewhere")
        if word in ARGUMENTS or word in OTHER_NAMES:
            self.refuse(node, "it is a function: give its argument in brackets")
        if self.declared is None and (_NAME.match(word) or "{" in word):
            return self.sympy.Symbol(word)
        names = sorted(self.declared or {})
        close = difflib.get_close_matches(word[:50], names[:500], 1)
        offer = f"did you mean {close[0]}?" if close else f"known are {', '.join(names[:12])}"
        hint = "write ** for a power; " if "^" in word else ""
        self.refuse(node, f"{hint}this name is not known here; {offer}")

    def word(self, node: ast.expr) -> str:
        """Return a name with its indices, such as `W[1,2]`."""
        index: list[str] = []
        inner = node
        while isinstance(inner, ast.Subscript) and len(index) < 8:
            parts = inner.slice.elts if isinstance(inner.slice, ast.Tuple) else [inner.slice]
            for part in reversed(parts):
                if not isinstance(part, ast.Constant) or type(part.value) is not int:
                    self.refuse(node, "an index is a plain whole number")
                index.insert(0, str(part.value))
            inner = inner.value
        if not isinstance(inner, ast.Name):
            self.refuse(node, "only a name can have an index")
        word = self.quoted.get(inner.id, inner.id)
        return f"{word}[{','.join(index)}]" if index else word

    def terms(self, node: ast.expr, depth: int) -> list[Any]:
        first, chain = _chain(node, (ast.Add, ast.Sub))
        terms = [self.part(first, depth + 1)]
        for operator, right in chain:
            term = self.part(right, depth + 1)
            terms.append(self.negative(node, term) if isinstance(operator, ast.Sub) else term)
        return terms

    def factors(self, node: ast.expr, depth: int) -> list[Any]:
        """Return the factors of nested products in one list: `a/(2*b)` is a, 1/2, 1/b."""
        if not _multiplies(node) or depth > DEPTH_LIMIT:
            return [self.part(node, depth)]
        first, chain = _chain(node, (ast.Mult, ast.Div))
        sign = 1
        while isinstance(first, ast.UnaryOp) and isinstance(first.op, ast.USub):
            first, sign = first.operand, -sign
        factors = [self.sympy.Integer(sign), *self.factors(first, depth + 1)]
        for operator, right in chain:
            inner = self.factors(right, depth + 1)
            if isinstance(operator, ast.Div):
                inner = [self.inverse(node, factor) for factor in inner]
            factors += inner
        return factors

    def negative(self, node: ast.expr, term: Any) -> Any:
        return self.fold(node, self.sympy.Mul, [self.sympy.S.NegativeOne, term])

    def inverse(self, node: ast.expr, factor: Any) -> Any:
        base, exponent = factor.args if factor.is_Pow else (factor, self.sympy.S.One)
        return self.power(node, base, self.negative(node, exponent))

    def fold(self, node: ast.expr, kind: Any, parts: list[Any]) -> Any:
        """Return the unevaluated sum or product of `parts`, its numbers made one."""
        number, rest = kind.identity, []
        for piece in (p for part in parts for p in (part.args if part.func is kind else [part])):
            if piece.is_Number:
                number = number * piece if kind is self.sympy.Mul else number + piece
                if _bits(number) > BITS_LIMIT:
                    self.refuse(node, "its numbers are too large")
            else:
                rest.append(piece)
        if not rest or (kind is self.sympy.Mul and number.is_zero):
            return number
        rest.sort(key=cmp_to_key(self.sympy.Basic.compare))
        rest = rest if number == kind.identity else [number, *rest]
        return rest[0] if len(rest) == 1 else kind(*rest, evaluate=False)

    def power(self, node: ast.expr, base: Any, exponent: Any) -> Any:
        """Return base ** exponent, evaluated only for a rational and a whole number."""
        sizes = [abs(number) for number in exponent.atoms(self.sympy.Number)]
        if base is not self.sympy.E and any(bool(size > EXPONENT_LIMIT) for size in sizes):
            self.refuse(node, f"an exponent is at most {EXPONENT_LIMIT}")
        if base.is_Rational and exponent.is_Integer:
            if base.is_zero and exponent.is_negative:
                self.refuse(node, "it divides by zero")
            if _bits(base) > 1 and _bits(base) * abs(int(exponent)) > BITS_LIMIT:
                self.refuse(node, "its numbers are too large")
            return self.sympy.Pow(base, exponent)
        if exponent is self.sympy.S.One:
            return base
        if base is self.sympy.E:
            return self.sympy.exp(exponent, evaluate=False)
        return self.sympy.Pow(base, exponent, evaluate=False)

    def call(self, node: ast.Call, function: ast.Name, depth: int) -> Any:
        word = self.word(function)
        own = (self.declared or {}).get(word, word)
        args = [self.part(argument, depth + 1) for argument in node.args]
        if isinstance(own, self.sympy.FunctionClass):
            try:
                return own(*args, evaluate=False)
            except (TypeError, ValueError):
                self.refuse(node, "this function takes another number of arguments")
        if not isinstance(own, str):
            self.refuse(node, "this name is not a function: write * for a product")
        name = OTHER_NAMES.get(own, own)
        if name not in ARGUMENTS:
            self.refuse(node, f"the function {word[:40]} is not known here; {ALLOWED}")
        low, high = ARGUMENTS[name]
        if not low <= len(args) <= high:
            self.refuse(node, f"{word} takes {low}{f' to {high}' if high > low else ''} arguments")
        return self.apply(node, name, args)

    def apply(self, node: ast.expr, name: str, args: list[Any]) -> Any:
        sp = self.sympy
        match name, args:
            case "sqrt", [x]:
                return self.power(node, x, sp.S.Half)
            case "sigmoid", [x]:
                decay = sp.exp(self.negative(node, x), evaluate=False)
                return self.inverse(node, self.fold(node, sp.Add, [sp.S.One, decay]))
            case "relu", [x]:
                return self.largest(sp.Max, [sp.S.Zero, x])
            case (("Max" | "Min"), _):
                return self.largest(getattr(sp, name), args)
            case "log", [x, base]:
                below = self.inverse(node, sp.log(base, evaluate=False))
                return self.fold(node, sp.Mul, [sp.log(x, evaluate=False), below])
            case (("Rational" | "Integer" | "Float"), [x, *rest]):
                if not all(number.is_Number for number in args):
                    self.refuse(node, "its arguments are plain numbers")
                by = [self.inverse(node, n) for n in rest if name == "Rational"]
                return self.fold(node, sp.Mul, [x, *by])
        return getattr(sp, name)(*args, evaluate=False)

    def largest(self, kind: Any, args: list[Any]) -> Any:
        """Return Max or Min; their constructor would order the arguments by their values."""
        if len(args) == 1:
            return args[0]
        node = self.sympy.Expr.__new__(kind, *args)
        node._argset = frozenset(args)
        return node


def _multiplies(node: ast.expr) -> bool:
    return isinstance(getattr(node, "op", None), (ast.USub, ast.Mult, ast.Div))


def _bits(number: Any) -> int:
    return max(abs(int(number.p)), int(number.q)).bit_length() if number.is_Rational else 0


def _chain(node: ast.expr, operators: Any) -> tuple[ast.expr, list[tuple[ast.operator, ast.expr]]]:
    """Return the first operand and the (operator, operand) pairs of a left-nested chain."""
    pairs: list[tuple[ast.operator, ast.expr]] = []
    while isinstance(node, ast.BinOp) and isinstance(node.op, operators):
        pairs.append((node.op, node.right))
        node = node.left
    return node, pairs[::-1]
