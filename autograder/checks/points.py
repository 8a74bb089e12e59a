"""Two formulas compared at random points, exactly or to a precision that is raised."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from math import ceil, floor
from typing import Any

from autograder.checks.evaluate import Program, run
from autograder.checks.rules import Undefined, real

Point = dict[Any, Fraction]

DIGITS = 50
ROUNDS = 4
SPARE_DIGITS = 15
POINTS = 24
FEWEST_POINTS = 4
DRAWS_PER_POINT = 6
WORK_LIMIT = 400_000
SECONDS_LIMIT = 5.0
LITERAL_DIGITS_LIMIT = 400
PRIMES = (100_003, 100_019, 100_043, 100_049, 100_057, 100_069)


@dataclass(frozen=True)
class Verdict:
    """Whether two formulas are the same on a domain; None when that cannot be judged.

    A difference comes with a `point` (symbol to value) and both values there; `reason` is
    a sentence for the student, or for the person who has to judge.
    """

    equal: bool | None
    reason: str
    point: dict[str, str] = field(default_factory=dict)
    got: str = ""
    want: str = ""


@dataclass(frozen=True)
class Comparison:
    """Two compiled formulas, compared at points of the ranges of their symbols."""

    program: Program
    ranges: dict[Any, tuple[Fraction, Fraction]]
    context: Any
    source: random.Random
    work: list[int]

    @property
    def digits(self) -> int:
        return DIGITS + min(LITERAL_DIGITS_LIMIT, self.program.digits)

    def values(self, point: Point, digits: int) -> list[Any]:
        self.work[0] += len(self.program.steps) * (digits // DIGITS)
        self.context.dps = digits
        return run(self.program, point, self.context)

    def verdict(self) -> Verdict:
        wanted = POINTS if self.ranges else 1
        ends = time.process_time() + SECONDS_LIMIT  # a busy machine changes no verdict
        agreed, reason = 0, "no points were found at which both formulas have a value to compare"
        for point in self.points(wanted):
            same = self.same_at(point)
            if same is False:
                return self.difference(self.plain_point() or point)
            agreed += same is True
            if agreed == wanted:
                break
            if self.work[0] > WORK_LIMIT or time.process_time() > ends:
                reason = "the formulas are too long to compare"
                break
        if agreed >= min(wanted, FEWEST_POINTS):
            return Verdict(True, f"equal at {agreed} random points" if self.ranges else "equal")
        return Verdict(None, f"cannot be judged automatically: {reason}")

    def points(self, wanted: int) -> Iterator[Point]:
        """Yield points that spread over the domain, each of one prime denominator."""
        for _ in range(DRAWS_PER_POINT):
            strata = {s: self.source.sample(range(wanted), wanted) for s in self.ranges}
            for k in range(wanted):
                prime = self.source.choice(PRIMES)
                yield {s: self.coordinate(s, strata[s][k], wanted, prime) for s in self.ranges}

    def coordinate(self, symbol: Any, stratum: int, strata: int, prime: int) -> Fraction:
        low, high = self.ranges[symbol]
        if symbol.is_integer:
            return Fraction(self.source.randint(ceil(low), floor(high)))
        first, last = stratum * prime // strata, (stratum + 1) * prime // strata
        return low + (high - low) * Fraction(self.source.randint(max(1, first), last - 1), prime)

    def same_at(self, point: Point) -> bool | None:
        """Compare at one point; None when a value is undefined or the difference unclear."""
        tolerance = self.program.floats
        digits = self.digits
        earlier: tuple[Any, Any] | None = None
        for _ in range(ROUNDS):
            try:
                got, want = self.values(point, digits)
            except Undefined:
                return None
            if not tolerance and isinstance(got, Fraction) and isinstance(want, Fraction):
                return got == want
            a, b = real(self.context, got), real(self.context, want)
            gap, size = abs(a - b), max(abs(a), abs(b))
            if tolerance:
                return bool(gap <= self.tiny(tolerance - 3) * size + self.tiny(tolerance))
            if size and gap <= self.tiny(digits - SPARE_DIGITS) * size:
                return True
            if (
                earlier is not None
                and (told := self.settled(earlier, gap, size, digits)) is not None
            ):
                return told
            earlier, digits = (gap, size), 2 * digits
        return None

    def settled(self, earlier: tuple[Any, Any], gap: Any, size: Any, digits: int) -> bool | None:
        """Say whether the gap stayed or vanished when the precision was doubled."""
        before, scale = earlier
        if gap and abs(gap - before) <= gap / 100:
            return False
        if gap <= max(before, scale * self.tiny(digits // 2)) * self.tiny(digits // 4):
            return True
        return None

    def tiny(self, digits: int) -> Any:
        return self.context.mpf(10) ** -digits

    def plain_point(self) -> Point | None:
        """Look for a point of small halves at which the formulas differ, for a reader."""
        for size in (1, 1, 1, 2, 2, 2):
            point = {}
            for symbol, (low, high) in self.ranges.items():
                unit = 1 if symbol.is_integer else size
                first, last = ceil(low * unit), floor(high * unit)
                if first > last:
                    return None
                point[symbol] = Fraction(self.source.randint(first, last), unit)
            if self.same_at(point) is False:
                return point
        return None

    def difference(self, point: Point) -> Verdict:
        got, want = self.values(point, self.digits)
        values = {str(symbol): _shown(value, self.context, 6) for symbol, value in point.items()}
        for digits in (6, 12, 25, self.digits):
            seen, wanted = (_shown(value, self.context, digits) for value in (got, want))
            if seen != wanted:
                break
        where = ", ".join(f"{name} = {value}" for name, value in list(values.items())[:12])
        at = f"at {where} " if where else ""
        return Verdict(False, f"{at}yours is {seen}, {wanted} was wanted", values, seen, wanted)


def _shown(value: Any, context: Any, digits: int) -> str:
    short = isinstance(value, Fraction) and max(abs(value.numerator), value.denominator) < 10_000
    return str(value) if short else str(context.nstr(real(context, value), digits))
