"""Read `submission_metadata.json`. Everything in it is optional, and nothing in it can break a run.

The platform's pages describe the file and reserve the right to change it: what is missing or
of another type is left out, with a note for the staff where a rule of the course needs it.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from itertools import islice
from pathlib import Path
from typing import Any

LARGEST_FILE = 32 << 20
MOST_EARLIER, MOST_USERS = 10_000, 1_000
LARGEST_SCORE = 1e9

_TIME = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?"
    r"\s*(?:([Zz]|UTC|GMT)|([+-])(\d\d):?(\d\d)?)?",
    re.ASCII,
)


@dataclass(frozen=True)
class Earlier:
    """An earlier submission: when, its score, whether the platform calls it broken.

    `extra` is what our own run left in it; the platform gives that of the latest one only.
    """

    at: datetime | None
    score: float | None
    broken: bool = False
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Told:
    """What the platform tells of a submission; times keep the offset they were written with.

    `due` is the due date of the student, of a group the latest of its members. `earlier` are
    the submissions before this one, the oldest first; `left` is what our latest run left in
    its results, a later one's too where this submission is graded again. `notes` are for the
    staff.
    """

    created: datetime | None = None
    due: datetime | None = None
    earlier: tuple[Earlier, ...] = ()
    notes: tuple[str, ...] = ()
    left: Mapping[str, Any] = field(default_factory=dict)

    @property
    def standing(self) -> float | None:
        """The score that stands: the latest earlier one that the platform could read."""
        scores = [e.score for e in self.earlier if e.score is not None and not e.broken]
        return scores[-1] if scores else None


def read(path: Path) -> Told:
    """Return what the file tells; whatever cannot be read is left out, and raises nothing."""
    try:
        with path.open("rb") as file:
            text = file.read(LARGEST_FILE + 1)
        if len(text) > LARGEST_FILE:
            return Told(notes=(f"{path.name} is over {LARGEST_FILE >> 20} MB and was not read",))
        return understand(json.loads(text.decode("utf-8-sig", "replace"), parse_int=_whole))
    except OSError as error:
        return Told(notes=(f"{path.name} cannot be read: {error.strerror or error}",))
    except (ValueError, RecursionError, MemoryError):
        return Told(notes=(f"{path.name} is not JSON",))


def _whole(digits: str) -> int | None:
    # Old versions of Python 3.10 take hours for a million digits.
    return int(digits) if len(digits) < 40 else None


def understand(data: object) -> Told:
    """Return what the parsed file tells, whatever it holds."""
    table = _table(data)
    created = time_of(table.get("created_at"))
    due = _due(table)
    wanted = (("time of submission", created), ("due date", due))
    notes = tuple(f"the metadata tells no {name}" for name, value in wanted if value is None)
    found = _submissions(table)
    left = next((one.extra for one in reversed(found) if one.extra), {})
    # When an old submission is graded again, later ones exist.
    earlier = [s for s in found if created is None or s.at is None or s.at < created]
    return Told(created, due, tuple(earlier), notes, left)


def time_of(value: object) -> datetime | None:
    """Return the time that an ISO 8601 text tells; one without an offset is UTC."""
    found = _TIME.fullmatch(value.strip()) if isinstance(value, str) and len(value) < 80 else None
    if found is None:
        return None
    year, month, day, hour, minute = (int(found[n]) for n in range(1, 6))
    micro = int((found[7] or "").ljust(6, "0")[:6])
    away = timedelta(hours=int(found[10] or 0), minutes=int(found[11] or 0))
    try:
        zone = timezone(-away if found[9] == "-" else away)
        when = datetime(year, month, day, hour, minute, int(found[6] or 0), micro, zone)
        when.astimezone(timezone.utc)  # near the years 1 and 9999 it cannot be compared
    except (ValueError, OverflowError):
        return None
    return when


def number_of(value: object) -> float | None:
    """Return a score: a finite number that is not negative, or a text of one."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    try:
        number = float(value if not isinstance(value, str) else value[:40])
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) and 0 <= number <= LARGEST_SCORE else None


def _due(table: Mapping[str, Any]) -> datetime | None:
    """Return the due date, extensions counted: of a group, the latest of its members."""
    common = time_of(_table(table.get("assignment")).get("due_date"))
    members = (_table(user).get("assignment") for user in _items(table.get("users"), MOST_USERS))
    own = [time_of(_table(member).get("due_date")) or common for member in members]
    return max((when for when in own if when is not None), default=common)


def _submissions(table: Mapping[str, Any]) -> list[Earlier]:
    """Return the other submissions, the oldest first."""
    found = [_submission(_table(one)) for one in _items(table.get("previous_submissions"))]
    first = datetime.min.replace(tzinfo=timezone.utc)
    return sorted(found, key=lambda one: one.at or first)


def _submission(table: Mapping[str, Any]) -> Earlier:
    at, score = time_of(table.get("submission_time")), number_of(table.get("score"))
    extra = _table(_table(table.get("results")).get("extra_data"))
    return Earlier(at, score, table.get("autograder_error") is True, extra)


def _table(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _items(value: object, most: int = MOST_EARLIER) -> Iterator[object]:
    return islice(value, most) if isinstance(value, list) else iter(())
