"""A question's points shared over its checks, in whole hundredths that add up again."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction

from autograder.report import QuestionResult


def shares(question: QuestionResult) -> list[tuple[float, float]]:
    """Return (score, worth) of each check, in hundredths.

    The scores sum to what the question earned, the worths to its points. What a public check
    shows depends on the public checks alone, down to the last hundredth, so that rounding does
    not tell how the hidden ones ended.
    """
    checks, possible = question.checks, Fraction(str(question.possible))
    whole = sum(Fraction(c.weight) for c in checks) or Fraction(1)
    worth = [possible * Fraction(c.weight) / whole for c in checks]
    won = [w * c.part for w, c in zip(worth, checks, strict=True)]
    missed = [w - part for w, part in zip(worth, won, strict=True)]
    public = [not c.hidden for c in checks]
    got, lost = (sum(_own(parts, public), Fraction(0)) for parts in (won, missed))
    points, earned, score = _cents(possible), _cents(question.exact), _cents(got)
    # What is lost is rounded as what is earned: hidden checks that all pass lose nothing then.
    rest = points - _cents(possible - lost)
    sides = {False: (score, rest), True: (earned - score, points - earned - rest)}
    result = [(0, 0)] * len(checks)
    for hidden, (score, rest) in sides.items():
        mine = [c.hidden is hidden for c in checks]
        gains, losses = split(score, _own(won, mine)), split(rest, _own(missed, mine))
        result = [(s + a, w + a + b) for (s, w), a, b in zip(result, gains, losses, strict=True)]
    return [(s / 100, w / 100) for s, w in result]


def split(total: int, weights: Sequence[Fraction] | Sequence[float]) -> list[int]:
    """Share a whole `total` by weight in whole parts that sum to it; no weight, no part.

    Each part is rounded down, then those that were cut most get one more.
    """
    exact = [Fraction(weight) for weight in weights]
    whole = sum(exact)
    if not whole:
        return [0 for _ in weights]
    exact = [total * weight / whole for weight in exact]
    parts = [math.floor(part) for part in exact]
    most_cut = sorted(range(len(parts)), key=lambda at: parts[at] - exact[at])
    for at in most_cut[: total - sum(parts)]:
        parts[at] += 1
    return parts


def _own(parts: Sequence[Fraction], mine: Sequence[bool]) -> list[Fraction]:
    """Return the parts of one side, zero for the other."""
    return [part if own else Fraction(0) for part, own in zip(parts, mine, strict=True)]


def _cents(points: Fraction) -> int:
    """Return points in hundredths, rounded as a report rounds them."""
    return round(Fraction(str(round(float(points), 2))) * 100)
