"""What a class tells about an assignment: pure functions of a cohort, numbers only.

Three groups of standings are counted apart. `scored`: something was handed in and its points are
decided. `opened`: checks ran on it. Of these, a question counts where all its checks were decided.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from statistics import fmean

from autograder.cohort import Cohort, Standing, Status
from autograder.report import CheckResult, Outcome, QuestionResult, Report, clean
from autograder.show import words

BINS = 10
# What a report of work that no check looked at holds instead of checks.
STAND_INS = ("missing", "error")
_OPEN = (Outcome.SKIPPED, Outcome.ERROR)


@dataclass(frozen=True)
class Bin:
    """Scores from `low` up to, but in the last bin including, `high`."""

    low: float
    high: float
    count: int


@dataclass(frozen=True)
class Item:
    """One question: `mean` share of its points, `discrimination`, share of `full` marks.

    All three are over the `decided` submissions, and None where they are not defined.
    `outcomes` counts the states of the question, the most frequent first.
    """

    id: str
    title: str
    possible: float
    decided: int
    mean: float | None
    discrimination: float | None
    full: float | None
    outcomes: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Rate:
    """How one check ended in the class; `unexplained` failures came without a hint.

    `open` counts what was skipped, what broke and what a person has to judge.
    """

    question: str
    title: str
    hidden: bool
    passed: int
    failed: int
    waiting: int
    open: int
    unexplained: int

    @property
    def share(self) -> float | None:
        """The part of the decided ones that passed."""
        decided = self.passed + self.failed + self.waiting
        return self.passed / decided if decided else None


@dataclass(frozen=True)
class Mistake:
    """One hint, and how many submissions were given it; `share` is of all that were opened."""

    question: str
    hint: str
    count: int
    share: float


def line(text: str) -> str:
    """Return text of a stranger as one line without control characters."""
    return " ".join(clean(text).split())


def scores(cohort: Cohort) -> tuple[float, ...]:
    """Return the points of those who handed something in and whose points are decided."""
    handed = (s.score for s in cohort.standings if s.status is not Status.MISSING)
    return tuple(score for score in handed if score is not None)


def opened(cohort: Cohort) -> tuple[tuple[Standing, Report], ...]:
    """Return the standings on whose work at least one check ran, with their reports."""
    return tuple(
        (standing, standing.report)
        for standing in cohort.standings
        if standing.report is not None
        and standing.status not in (Status.UNGRADABLE, Status.MISSING)
        and any(c.name not in STAND_INS for c in standing.report.checks)
    )


def correlation(xs: Sequence[float], ys: Sequence[float]) -> float | None:
    """Return Pearson's r of two rows of one length; None where one of them does not vary."""
    if len(xs) != len(ys):
        raise ValueError(f"{len(xs)} values beside {len(ys)}")
    # Compared, not subtracted from a mean: a constant row's mean may be off by a rounding.
    if len(xs) < 2 or min(xs) == max(xs) or min(ys) == max(ys):
        return None
    left, right = _centred(xs), _centred(ys)
    both = math.fsum(x * y for x, y in zip(left, right, strict=True))
    return max(-1.0, min(1.0, both / (math.hypot(*left) * math.hypot(*right))))


def _centred(values: Sequence[float]) -> list[float]:
    """Return the distances from the mean, in units of the largest value: none vanishes squared."""
    scale = max(map(abs, values))
    mean = fmean(value / scale for value in values)
    return [value / scale - mean for value in values]


def histogram(values: Iterable[float], possible: float, bins: int = BINS) -> tuple[Bin, ...]:
    """Count values in bins of one width from 0 to `possible`; nothing is left out.

    What lies below or above is counted in the first or the last bin.
    """
    top = Fraction(str(possible))
    if top <= 0:
        return (Bin(0.0, 0.0, len(list(values))),)
    places = (int(Fraction(str(value)) * bins // top) for value in values)
    found = Counter(max(0, min(place, bins - 1)) for place in places)
    edges = [float(top * n / bins) for n in range(bins + 1)]
    return tuple(Bin(edges[n], edges[n + 1], found[n]) for n in range(bins))


@dataclass(frozen=True)
class _Mark:
    """Points of one question, and of all others, in one submission; exact, as ties decide."""

    own: Fraction
    rest: Fraction
    possible: Fraction


def items(cohort: Cohort) -> tuple[Item, ...]:
    """Return what the class says about each question, in the order of the assignment.

    Discrimination is the corrected item-total correlation: of the share of the question's
    points with the points of all other questions. For all or nothing it is point-biserial.
    """
    marks: dict[str, list[_Mark]] = {}
    states: dict[str, Counter[str]] = {}
    for standing, report in opened(cohort):
        for question in report.questions:
            states.setdefault(question.id, Counter())[words.stand(question)] += 1
        if standing.status is not Status.FAULT:
            for name, mark in _marks(report):
                marks.setdefault(name, []).append(mark)
    return tuple(
        _item(question, marks.get(question[0], []), states.get(question[0], Counter()))
        for question in cohort.questions
    )


def _marks(report: Report) -> list[tuple[str, _Mark]]:
    own = [question.exact for question in report.questions]
    total = sum(own, Fraction(0))
    return [
        (question.id, _Mark(points, total - points, Fraction(str(question.possible))))
        for question, points in zip(report.questions, own, strict=True)
        if question.possible and _decided(question)
    ]


def _decided(question: QuestionResult) -> bool:
    return bool(question.checks) and all(c.outcome not in _OPEN for c in question.checks)


def _item(question: tuple[str, str, float], marks: Sequence[_Mark], states: Counter[str]) -> Item:
    shares = [float(mark.own / mark.possible) for mark in marks]
    rests = [float(mark.rest) for mark in marks]
    return Item(
        *question,
        decided=len(marks),
        mean=fmean(shares) if shares else None,
        discrimination=correlation(shares, rests),
        full=sum(mark.own == mark.possible for mark in marks) / len(marks) if marks else None,
        outcomes=tuple(sorted(states.items(), key=lambda pair: (-pair[1], pair[0]))),
    )


def rates(cohort: Cohort) -> tuple[Rate, ...]:
    """Return how each check ended, the weakest first; those that nothing decided stand last."""
    found: dict[tuple[str, bool, str], list[CheckResult]] = {}
    for _, report in opened(cohort):
        for question in report.questions:
            for check in question.checks:
                if check.name not in STAND_INS:
                    key = (question.id, check.hidden, check.name)
                    found.setdefault(key, []).append(check)
    order = {name: place for place, (name, _, _) in enumerate(cohort.questions)}
    made = [_rate(question, checks) for (question, _, _), checks in found.items()]
    return tuple(sorted(made, key=lambda rate: _weakness(rate, order)))


def _rate(question: str, checks: Sequence[CheckResult]) -> Rate:
    ends = Counter(check.outcome for check in checks)
    failed = [check for check in checks if check.outcome is Outcome.FAILED]
    return Rate(
        question,
        checks[0].title or checks[0].name,
        checks[0].hidden,
        ends[Outcome.PASSED],
        ends[Outcome.FAILED],
        ends[Outcome.WAITING],
        sum(ends[outcome] for outcome in _OPEN),
        sum(not (check.finding and check.finding.hint.strip()) for check in failed),
    )


def _weakness(rate: Rate, order: dict[str, int]) -> tuple[float, int, str]:
    share = 2.0 if rate.share is None else rate.share
    return share, order.get(rate.question, len(order)), rate.title


def mistakes(cohort: Cohort) -> tuple[Mistake, ...]:
    """Return which hints were given, the most frequent first; each counts once a submission."""
    seen = opened(cohort)
    found = Counter(pair for _, report in seen for pair in _hints(report))
    ranked = sorted(found.items(), key=lambda pair: (-pair[1], pair[0]))
    return tuple(Mistake(*pair, count, count / len(seen)) for pair, count in ranked)


def _hints(report: Report) -> set[tuple[str, str]]:
    return {
        (question.id, hint)
        for question in report.questions
        for check in question.checks
        if check.outcome is Outcome.FAILED and check.finding is not None
        if (hint := line(check.finding.hint))
    }
