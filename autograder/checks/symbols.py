"""Equality of formulas, decided at exact random points of a declared domain.

Two formulas are the same when they agree at random rational points: exactly where both
are rational there, else to the working precision, which is raised until a difference
either stays or vanishes. Nothing is simplified: `simplify(a - b) == 0` fails on true
identities, and takes minutes on long ones.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import islice
from math import ceil, floor
from typing import Any

from autograder.checks.coerce import coerce
from autograder.checks.evaluate import Unsupported, compile_formulas
from autograder.checks.points import DIGITS, POINTS, Comparison, Verdict
from autograder.checks.rules import DividedByZero, Undefined
from autograder.wall.formula import FormulaError, parse

__all__ = ["Domain", "FormulaError", "Verdict", "coerce", "parse", "same", "same_matrix"]

Domain = Mapping[Any, tuple[Any, Any]]

STEPS_LIMIT = 20_000


def same(got: Any, want: Any, domain: Domain | None = None, seed: int = 0) -> Verdict:
    """Decide whether two sympy expressions are equal on `domain`.

    `domain` maps symbols to (lo, hi). Without an entry a symbol runs over (-3, 3), or over
    the part of it that its assumptions (positive, negative) leave; an integer symbol takes
    whole values, up to 30 in size. Points where one of the two has no real value are drawn
    again. A Float stands for its neighbourhood: formulas with Floats are compared to the
    digits that these carry.

    Raises ValueError for an empty domain.
    """
    import sympy

    got, want = sympy.sympify(got, strict=True), sympy.sympify(want, strict=True)
    if got == want:
        return Verdict(True, "the same, term by term")
    try:
        verdict = _comparison(got, want, domain, seed).verdict()
        if verdict.equal is None and _divides_by_zero(got, domain, seed):
            verdict = Verdict(False, "yours divides by zero everywhere")
    except Unsupported as error:
        return Verdict(None, f"cannot be judged automatically: {error}")
    return verdict


def _comparison(got: Any, want: Any, domain: Domain | None, seed: int) -> Comparison:
    from mpmath.ctx_mp import MPContext

    program = compile_formulas([got, want])
    if len(program.steps) > STEPS_LIMIT:
        raise Unsupported("the formulas are too long")
    ranges = {s: _range(s, domain or {}) for s in sorted(program.symbols, key=str)}
    return Comparison(program, ranges, MPContext(), random.Random(seed), [0])


def _divides_by_zero(formula: Any, domain: Domain | None, seed: int) -> bool:
    """Say whether a formula divides by zero at every point drawn."""
    comparison = _comparison(formula, formula, domain, seed)
    for point in islice(comparison.points(POINTS), POINTS):
        try:
            comparison.values(point, DIGITS)
        except DividedByZero:
            continue
        except Undefined:
            return False
        return False
    return True


def same_matrix(
    got: Any, want: Any, domain: Domain | None = None, seed: int = 0
) -> tuple[Verdict, tuple[int, int] | None]:
    """Compare rows of expressions entry by entry, as `same` does.

    Returns the verdict of the first entry that differs, or else of the first that cannot
    be judged, with its (row, column) counted from 0; (equal, None) when all are the same.
    Shapes that differ are a difference without an entry.
    """
    mine, theirs = _rows(got), _rows(want)
    shapes = [(len(rows), len(rows[0]) if rows else 0) for rows in (mine, theirs)]
    if shapes[0] != shapes[1] or any(len(row) != shapes[0][1] for row in mine):
        seen, wanted = (f"{height} x {width}" for height, width in shapes)
        reason = f"the matrix is {seen}, {wanted} was wanted"
        return Verdict(False, reason, got=seen, want=wanted), None
    undecided: tuple[Verdict, tuple[int, int] | None] | None = None
    for i, (row, wanted_row) in enumerate(zip(mine, theirs, strict=True)):
        for j, (a, b) in enumerate(zip(row, wanted_row, strict=True)):
            verdict = same(a, b, domain, seed)
            if verdict.equal is False:
                return verdict, (i, j)
            if verdict.equal is None and undecided is None:
                undecided = verdict, (i, j)
    return undecided or (Verdict(True, "the same, entry by entry"), None)


def _rows(matrix: Any) -> list[Sequence[Any]]:
    return list(matrix.tolist() if hasattr(matrix, "tolist") else matrix)


def _range(symbol: Any, domain: Domain) -> tuple[Fraction, Fraction]:
    if symbol in domain:
        low, high = (_fraction(bound) for bound in domain[symbol])
    else:
        size = 30 if symbol.is_integer else 3
        low, high = Fraction(-size), Fraction(size)
        if symbol.is_nonnegative:
            low = Fraction(1 if symbol.is_integer and symbol.is_positive else 0)
        if symbol.is_nonpositive:
            high = Fraction(-1 if symbol.is_integer and symbol.is_negative else 0)
    if low > high or (symbol.is_integer and ceil(low) > floor(high)):
        raise ValueError(f"the domain of {symbol} is empty")
    return low, high


def _fraction(bound: Any) -> Fraction:
    return Fraction(str(bound))
