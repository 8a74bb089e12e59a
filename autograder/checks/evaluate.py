"""The value of formulas at a point, exact as long as it can be.

Expressions are flattened once into a list of steps, each distinct part a single step.
Nothing is simplified, and every number is bounded.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import ceil, log10
from typing import Any

from autograder.checks.rules import (
    BITS_LIMIT,
    RULES,
    DividedByZero,
    Undefined,
    Value,
    bits,
    limited,
    product,
    real,
    total,
)


class Unsupported(ValueError):
    """A formula holds a part that cannot be evaluated here."""


@dataclass(frozen=True)
class Step:
    """One part: what it is, the steps of its arguments, and its number or symbol."""

    kind: str
    args: tuple[int, ...]
    leaf: Any = None


@dataclass(frozen=True)
class Program:
    """Expressions as steps in order of evaluation; `results` are the last steps of each."""

    steps: tuple[Step, ...]
    results: tuple[int, ...]
    symbols: tuple[Any, ...]

    @cached_property
    def digits(self) -> int:
        """Decimal digits of the longest exact number written in the expressions."""
        longest = max((bits(s.leaf) for s in self.steps if s.kind == "number"), default=0)
        return ceil(longest * log10(2))

    @cached_property
    def floats(self) -> int:
        """Decimal digits that the least precise Float carries, 0 when there is none."""
        return min((s.leaf[1] for s in self.steps if s.kind == "float"), default=0)


def compile_formulas(expressions: Sequence[Any]) -> Program:
    """Flatten sympy expressions into one program; shared parts become one step.

    Raises Unsupported for a part that has no rule, such as a derivative.
    """
    places: dict[Any, int] = {}
    steps: list[Step] = []
    for expression in expressions:
        stack = [expression]
        while stack:
            node = stack[-1]
            if node in places:
                stack.pop()
            elif missing := [part for part in _parts(node) if part not in places]:
                stack.extend(missing)
            else:
                places[node] = len(steps)
                steps.append(_step(node, tuple(places[part] for part in _parts(node))))
    symbols = tuple(step.leaf for step in steps if step.kind == "symbol")
    return Program(tuple(steps), tuple(places[e] for e in expressions), symbols)


def _parts(node: Any) -> tuple[Any, ...]:
    if node.is_symbol or node.is_Number:
        return ()
    if type(node).__name__ not in RULES and not _undefined(node):
        raise Unsupported(f"a part of kind {type(node).__name__} cannot be evaluated")
    return tuple(node.args)


def _step(node: Any, args: tuple[int, ...]) -> Step:
    if node.is_symbol:
        return Step("symbol", (), node)
    if node.is_Rational:
        return Step("number", (), Fraction(int(node.p), int(node.q)))
    if node.is_Float:
        from mpmath.libmp import prec_to_dps

        return Step("float", (), (node._mpf_, prec_to_dps(node._prec)))
    name = type(node).__name__
    if _undefined(node):
        return Step("any function", args, _coefficients(name, len(args)))
    return Step(name, args)


def _undefined(node: Any) -> bool:
    from sympy.core.function import AppliedUndef

    return isinstance(node, AppliedUndef)


def _coefficients(name: str, arguments: int) -> tuple[Fraction, ...]:
    """Return numbers that make an undefined function one of its own, which stands for any."""
    source = random.Random(f"{name}/{arguments}")
    return tuple(Fraction(source.randint(100, 900), 541) for _ in range(arguments + 1))


def run(program: Program, point: Mapping[Any, Fraction], context: Any) -> list[Value]:
    """Return the values of the program's expressions at `point`.

    `context` is an mpmath context; its precision is the precision of what is not exact.
    Raises Undefined where a part has no real value, or one too large to hold.
    """
    values: list[Value] = []
    for step in program.steps:
        args = [values[place] for place in step.args]
        try:
            values.append(_value(step, args, point, context))
        except ZeroDivisionError as error:
            raise DividedByZero(str(error)) from None
        except (OverflowError, MemoryError) as error:
            raise Undefined(str(error)) from None
    return [values[place] for place in program.results]


def _value(step: Step, args: list[Value], point: Mapping[Any, Fraction], context: Any) -> Value:
    if step.kind == "number":
        return step.leaf
    if step.kind == "symbol":
        return point[step.leaf]
    if step.kind == "float":
        return context.make_mpf(step.leaf[0])
    if step.kind == "any function":
        *slopes, shift = step.leaf
        terms = [product(context, slope, x) for slope, x in zip(slopes, args, strict=True)]
        angle = real(context, limited(total(context, shift, *terms)))
        return 2 + context.cos(angle) + angle**2 / 8
    value = RULES[step.kind](context, *args)
    if isinstance(value, Fraction):
        return value if bits(value) <= BITS_LIMIT else real(context, value)
    if not context.isfinite(value):
        raise Undefined("not finite")
    return value
