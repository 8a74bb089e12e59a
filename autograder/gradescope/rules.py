"""The rules of a course, applied: what lateness costs, and whether one more attempt is graded.

Only times that the platform tells count, never the clock: graded again a year later, the same
submission gets the same score.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

from autograder.gradescope.metadata import Told, time_of
from autograder.policy import Attempts, Late

DAY = timedelta(days=1)
UNCOUNTED = "uncounted"  # in `extra_data`: the times of runs that broke through our fault
MOST_UNCOUNTED = 100


@dataclass(frozen=True)
class Cost:
    """What lateness costs: `less` per cent of the score, and the words for it."""

    less: float = 0.0
    says: str = ""


def lateness(late: Late, told: Told) -> Cost:
    """Return what a submission loses: days begin at the due date, the grace only excuses."""
    if not late.per_day or told.created is None or told.due is None or told.created <= told.due:
        return Cost()
    over = told.created - told.due
    if over <= timedelta(minutes=min(late.grace_minutes, 1e7)):
        return Cost(says="Handed in after the due date, within the grace time: nothing is lost.")
    days = math.ceil(over / DAY)
    less = min(late.per_day * days, late.most, 100.0)
    return Cost(less, f"{days} {'day' if days == 1 else 'days'} late: {less:g} % less.")


def refusal(attempts: Attempts, told: Told) -> str:
    """Return why this submission is not graded, and when the next one will be; "" where it is.

    The platform tells when earlier submissions came, not which of them were graded: that
    follows from the same rule, applied to each in turn.
    """
    excused = set(uncounted(told))
    counted: list[datetime] = []
    for one in told.earlier:
        if one.at is None or one.broken or _utc(one.at) in excused:
            continue
        if not _full(attempts, counted, one.at):
            counted.append(one.at)
    if attempts.most and len(counted) >= attempts.most:
        return f"Only {_times(attempts.most)} of this work may be graded, and all were."
    if told.created is None or not _full(attempts, counted, told.created):
        return ""
    return _wait(attempts, counted, told)


def uncounted(told: Told) -> tuple[str, ...]:
    """Return the times of the earlier runs that broke, as the latest one passed them on."""
    kept = told.left.get(UNCOUNTED)
    times = (time_of(text) for text in kept[-MOST_UNCOUNTED:]) if isinstance(kept, list) else ()
    return tuple(_utc(when) for when in times if when is not None)


def passed_on(told: Told, *, broke: bool) -> list[str]:
    """Return what this run passes on to the next: the runs that broke, itself among them."""
    own = [_utc(told.created)] if broke and told.created is not None else []
    kept: Iterable[str] = dict.fromkeys((*uncounted(told), *own))
    return list(kept)[-MOST_UNCOUNTED:]


def _full(attempts: Attempts, counted: Sequence[datetime], now: datetime) -> bool:
    """Tell whether no attempt is left at the time `now`."""
    if attempts.most and len(counted) >= attempts.most:
        return True
    recent = [when for when in counted if now - when < _span(attempts)]
    return bool(attempts.within) and len(recent) >= attempts.within


def _wait(attempts: Attempts, counted: Sequence[datetime], told: Told) -> str:
    limit = f"{_times(attempts.within)} within {attempts.hours:g} hours"
    try:
        free = counted[-attempts.within] + _span(attempts)
        zone = told.due.tzinfo if told.due else timezone.utc
        # A minute begun is rounded up: a time that is told must be late enough.
        shown = (free + timedelta(seconds=59, microseconds=999_999)).astimezone(zone)
    except OverflowError:
        return f"Only {limit} may be graded."
    when = shown.strftime("%Y-%m-%d %H:%M %Z")
    return f"Only {limit} may be graded: the next from {when} on."


def _span(attempts: Attempts) -> timedelta:
    return timedelta(hours=min(attempts.hours, 1e7))


def _times(count: int) -> str:
    return f"{count} {'attempt' if count == 1 else 'attempts'}"


def _utc(when: datetime) -> str:
    return when.astimezone(timezone.utc).isoformat()
