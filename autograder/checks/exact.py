"""Exact numbers from what students write: `1,200`, `3/4`, `3*4*100`, `25 %`."""

from __future__ import annotations

import ast
import re
from fractions import Fraction
from math import isfinite
from typing import Any, NoReturn

TEXT_LIMIT = 2_000
DIGITS_LIMIT = 400
BITS_LIMIT = 10_000
EXPONENT_LIMIT = 1_000
DEPTH_LIMIT = 100

_THOUSANDS = re.compile(r"(?<![\d.])\d{1,3}(?:,\d{3})+(?![\d,])")
_DECIMAL = re.compile(r"[\d_]*\.?[\d_]*(?:[eE]([+-]?\d+))?\Z")
_TYPED = str.maketrans({"×": "*", "·": "*", "−": "-", "\u00a0": " ", "\n": " ", "\t": " "})
_STRANGE = re.compile(r"[^0-9A-Za-z_ .,+\-*/()^]")
WANTED = "write a number such as 1200, 1,200, 3/4, 0.25 or 3*4*100"


class ExactError(ValueError):
    """A value that is not one exact number; the message is for the student."""


def exact(value: Any) -> Fraction:
    """Return `value` as an exact fraction.

    Accepts whole numbers, finite floats (their binary value), Fractions, numpy scalars and
    0-d arrays, formulas without names (by their `text`), and text: decimals (read exactly),
    commas between thousands, + - * / ** and brackets. A percentage is the number before
    its sign. Raises ExactError, with a message for the student, for anything else.
    """
    if "text" in getattr(type(value), "__dataclass_fields__", {}):
        value = value.text
    if getattr(value, "shape", None) == () and hasattr(value, "dtype"):
        value = value.item()
    if isinstance(value, bool):
        raise ExactError(f"{value} is a truth value; {WANTED}")
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, Fraction):
        return value
    if isinstance(value, int):
        return Fraction(value)
    if isinstance(value, float):
        if not isfinite(value):
            raise ExactError(f"{value} is not a number; {WANTED}")
        return Fraction(value)
    if shape := getattr(value, "shape", None):
        raise ExactError(f"an array of shape {shape} is not one number")
    raise ExactError(f"a {type(value).__name__} is not a number; {WANTED}")


def _text(text: str) -> Fraction:
    if len(text) > TEXT_LIMIT:
        raise ExactError(f"the text has {len(text)} characters, {TEXT_LIMIT} are allowed")
    line = text.translate(_TYPED).strip()
    line = line.removesuffix("%").strip() if line.endswith("%") else line
    if not line:
        raise ExactError(f"there is no number in {text!r}; {WANTED}")
    if strange := _STRANGE.search(line):
        raise ExactError(f"a number cannot hold {strange[0]!r}; {WANTED}")
    line = _THOUSANDS.sub(lambda match: match[0].replace(",", ""), line)
    if re.search(rf"[\d_]{{{DIGITS_LIMIT + 1}}}", line):
        raise ExactError(f"a number has more than {DIGITS_LIMIT} digits")
    try:
        tree = ast.parse(line, mode="eval").body
    except (SyntaxError, RecursionError, MemoryError, ValueError):
        raise ExactError(f"{_short(line)} cannot be read as a number; {WANTED}") from None
    return _value(tree, line, 0)


def _short(line: str) -> str:
    return repr(line if len(line) <= 40 else f"{line[:25]} ... {line[-10:]}")


def _refuse(node: ast.expr, line: str, why: str) -> NoReturn:
    raise ExactError(f"{_short(line[node.col_offset : node.end_col_offset])}: {why}")


def _value(node: ast.expr, line: str, depth: int) -> Fraction:
    """Return the value of a tree of plain arithmetic; the sums of a long chain in a loop."""
    if depth > DEPTH_LIMIT:
        raise ExactError("the calculation is nested too deeply")
    chain: list[ast.BinOp] = []
    while isinstance(node, ast.BinOp) and not isinstance(node.op, ast.Pow):
        chain.append(node)
        node = node.left
    result = _single(node, line, depth)
    for step in reversed(chain):
        result = _apply(step, result, _value(step.right, line, depth + 1), line)
    return result


def _single(node: ast.expr, line: str, depth: int) -> Fraction:
    match node:
        case ast.Constant():
            return _literal(node, line)
        case ast.UnaryOp(op=ast.USub()):
            return -_value(node.operand, line, depth + 1)
        case ast.UnaryOp(op=ast.UAdd()):
            return _value(node.operand, line, depth + 1)
        case ast.BinOp(op=ast.Pow()):
            base = _value(node.left, line, depth + 1)
            return _power(node, base, _value(node.right, line, depth + 1), line)
        case ast.Tuple():
            _refuse(node, line, f"a comma can only stand between thousands; {WANTED}")
        case ast.Name():
            _refuse(node, line, "a name is not a number: put its value in")
    _refuse(node, line, f"only + - * / ** and brackets can be used; {WANTED}")


def _literal(node: ast.Constant, line: str) -> Fraction:
    literal = line[node.col_offset : node.end_col_offset]
    decimal = _DECIMAL.match(literal)
    if decimal is None or not isinstance(node.value, (int, float)):
        _refuse(node, line, WANTED)
    if abs(int(decimal[1] or 0)) > DIGITS_LIMIT:
        _refuse(node, line, f"a number has at most {DIGITS_LIMIT} digits")
    return Fraction(literal.replace("_", ""))


def _apply(node: ast.BinOp, left: Fraction, right: Fraction, line: str) -> Fraction:
    match node.op:
        case ast.Add():
            result = left + right
        case ast.Sub():
            result = left - right
        case ast.Mult():
            result = left * right
        case ast.Div() if right:
            result = left / right
        case ast.Div():
            _refuse(node, line, "it divides by zero")
        case ast.BitXor():
            _refuse(node, line, "write ** for a power")
        case _:
            _refuse(node, line, f"only + - * / ** and brackets can be used; {WANTED}")
    if _bits(result) > BITS_LIMIT:
        _refuse(node, line, "the number is too large")
    return result


def _power(node: ast.BinOp, base: Fraction, exponent: Fraction, line: str) -> Fraction:
    if exponent.denominator != 1 or abs(exponent) > EXPONENT_LIMIT:
        _refuse(node, line, f"an exponent is a whole number up to {EXPONENT_LIMIT}")
    if base == 0 and exponent < 0:
        _refuse(node, line, "it divides by zero")
    if _bits(base) > 1 and _bits(base) * abs(exponent) > BITS_LIMIT:
        _refuse(node, line, "the number is too large")
    return Fraction(base**exponent.numerator)


def _bits(value: Fraction) -> int:
    return max(abs(value.numerator), value.denominator).bit_length()
