"""How the value of a formula's part follows from the values of its arguments.

A value is a Fraction until a root or a transcendental function makes it an mpf of the
context's precision; a Fraction that grows too long becomes one as well.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from math import floor, isqrt
from typing import Any

BITS_LIMIT = 4_000
ARGUMENT_LIMIT = 10**6

Value = Any  # a Fraction, or an mpf of the context
Rule = Callable[..., Value]
BLURRED_DIGITS = 15


class Undefined(ArithmeticError):
    """A formula has no real value at this point."""


class DividedByZero(Undefined):
    """A formula divides by zero at this point."""


def real(context: Any, value: Value) -> Value:
    """Return the value as an mpf of the context's precision."""
    if isinstance(value, Fraction):
        return context.mpf(value.numerator) / value.denominator
    return value


def bits(value: Fraction) -> int:
    return max(abs(value.numerator), value.denominator).bit_length()


def total(context: Any, *terms: Value) -> Value:
    exact = sum((t for t in terms if isinstance(t, Fraction)), Fraction(0))
    rest = [t for t in terms if not isinstance(t, Fraction)]
    return sum(rest, real(context, exact)) if rest else exact


def product(context: Any, *factors: Value) -> Value:
    exact, rest = Fraction(1), None
    for factor in factors:
        if isinstance(factor, Fraction):
            exact *= factor
        else:
            rest = factor if rest is None else rest * factor
    if rest is None or exact == 0:
        return exact
    return rest * exact.numerator / exact.denominator


def _power(context: Any, base: Value, exponent: Value) -> Value:
    if isinstance(exponent, Fraction):
        if exponent.denominator == 1:
            return _whole_power(context, base, exponent.numerator)
        if exponent.denominator == 2 and (root := _root(base)) is not None:
            return _whole_power(context, root, exponent.numerator)
    if base == 0 and exponent > 0:
        return Fraction(0)
    if base <= 0:
        raise Undefined("a power of a number that is not positive")
    base, exponent = real(context, base), real(context, exponent)
    return context.exp(limited(exponent * context.log(base)))


def _whole_power(context: Any, base: Value, exponent: int) -> Value:
    """Return base ** exponent, exactly while that stays short."""
    if isinstance(base, Fraction) and bits(base) * abs(exponent) <= BITS_LIMIT:
        return base**exponent
    if abs(exponent) > ARGUMENT_LIMIT:
        raise Undefined("a power that is too large")
    return real(context, base) ** exponent


def _root(value: Value) -> Fraction | None:
    """Return the exact square root of a square of a fraction."""
    if not isinstance(value, Fraction) or value < 0:
        return None
    root = Fraction(isqrt(value.numerator), isqrt(value.denominator))
    return root if root * root == value else None


def limited(value: Value) -> Value:
    if abs(value) > ARGUMENT_LIMIT:
        raise Undefined("an argument that is too large")
    return value


def _smooth(name: str) -> Rule:
    """Return the rule of a function that mpmath knows under `name`."""

    def rule(context: Any, x: Value) -> Value:
        return getattr(context, name)(real(context, limited(x)))

    return rule


def _log(context: Any, x: Value) -> Value:
    if x <= 0:
        raise Undefined("a logarithm of a number that is not positive")
    return context.log(real(context, x))


def _sharp(context: Any, x: Value) -> Value:
    """Return x, unless rounding hides on which side of a jump it lies."""
    if not isinstance(x, Fraction) and abs(x) < context.mpf(10) ** (BLURRED_DIGITS - context.dps):
        raise Undefined("too near a jump")
    return x


def _sign(context: Any, x: Value) -> Value:
    return Fraction((_sharp(context, x) > 0) - (x < 0))


def _step_up(context: Any, x: Value, middle: Value) -> Value:
    return middle if _sharp(context, x) == 0 else Fraction(int(x > 0))


def _floor(context: Any, x: Value) -> Value:
    if not isinstance(x, Fraction):
        _sharp(context, x - context.nint(x))
    return Fraction(floor(x))


def _imaginary(context: Any) -> Value:
    raise Undefined("a complex number")


RULES: Mapping[str, Rule] = {
    "Add": total,
    "Mul": product,
    "Pow": _power,
    "log": _log,
    "sign": _sign,
    "Heaviside": _step_up,
    "floor": _floor,
    "ceiling": lambda context, x: -_floor(context, -x),
    "Abs": lambda context, x: abs(x),
    "Max": lambda context, *xs: max(xs, key=lambda x: real(context, x)),
    "Min": lambda context, *xs: min(xs, key=lambda x: real(context, x)),
    "Pi": lambda context: +context.pi,
    "Exp1": lambda context: +context.e,
    "ImaginaryUnit": _imaginary,
    **{name: _smooth(name) for name in ("exp", "sin", "cos", "tan", "sinh", "cosh", "tanh", "erf")},
}
