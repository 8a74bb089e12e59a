"""Who handed in what: from the paths an instructor gave and the roster to one list of work."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from fractions import Fraction
from pathlib import Path

from autograder.classroom.found import Claim, Found, IntakeError, note
from autograder.classroom.gather import gather
from autograder.classroom.matching import Matches, match
from autograder.classroom.roster import Roster, read_roster
from autograder.cohort import Candidate, Student
from autograder.handin.entries import shown

__all__ = ["Intake", "IntakeError", "intake"]

_TIME = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)[ T](\d\d):(\d\d)(?::(\d\d)(\.\d+)?)?"
    r"[ ]*(?:(Z|UTC)|([+-])(\d\d):?(\d\d))",
    re.ASCII,
)


@dataclass(frozen=True)
class Intake:
    """What there is to grade, by the first student's key; who in the roster handed in nothing;
    and notes on all that was left out.

    A student of whom two submissions came and none is known to be the newest is in two
    candidates, each with a `problem`.
    """

    candidates: tuple[Candidate, ...]
    missing: tuple[Student, ...]
    notes: tuple[str, ...]


def intake(paths: Sequence[Path], into: Path, roster: Path | None = None) -> Intake:
    """Find who handed in what. `into` is an empty folder for what zips hold.

    Raises IntakeError, in words for the instructor, for what cannot be read, and
    FileExistsError when `into` is not empty.
    """
    into.mkdir(parents=True, exist_ok=True)
    if any(into.iterdir()):
        raise FileExistsError(f"{into} is not empty")
    listed = read_roster(roster) if roster else Roster()
    finds = gather(paths, into)
    found, doubted = _sure(finds.found, match(finds.found, listed.students))
    matches = match(found, listed.students)
    candidates, replaced = _candidates(found, matches.students)
    handed_in = {student.key for one in candidates for student in one.students}
    strangers = [] if roster is None else _strangers(matches)
    return Intake(
        candidates,
        tuple(student for student in listed.students if student.key not in handed_in),
        (
            *listed.notes,
            *finds.notes,
            *doubted,
            *matches.notes,
            *note("Not in the roster", strangers),
            *replaced,
        ),
    )


def _strangers(matches: Matches) -> list[str]:
    own = {s.key: s for claim, s in matches.students.items() if claim not in matches.listed}
    return [student.name or key for key, student in own.items()]


def _sure(found: Iterable[Found], matches: Matches) -> tuple[tuple[Found, ...], tuple[str, ...]]:
    """Return the submissions without those that are most likely none, and a note on these."""
    found = tuple(found)
    sure = {matches.students[c].key for one in found if not one.doubtful for c in one.claims}
    kept = tuple(
        one
        for one in found
        if not one.doubtful
        or any(c in matches.listed and matches.students[c].key not in sure for c in one.claims)
    )
    left_out = [one.label for one in {*found} - {*kept}]
    return kept, note("Left out, because no hand-in (.py, .ipynb, .zip) is called so", left_out)


def _candidates(
    found: Sequence[Found], students: Mapping[Claim, Student]
) -> tuple[tuple[Candidate, ...], tuple[str, ...]]:
    """Return a candidate for every submission that counts, and notes on those that do not."""
    works: dict[str, list[Found]] = defaultdict(list)
    for one in found:
        for key in {students[claim].key for claim in one.claims}:
            works[key].append(one)
    newest = {key: _newest(same) for key, same in works.items()}
    done: list[Candidate] = []
    older: dict[str, list[str]] = defaultdict(list)
    for one in found:
        mine = {students[claim].key: students[claim] for claim in one.claims}
        counts = [student for key, student in sorted(mine.items()) if newest[key] is one]
        if counts:
            done.append(_candidate(one, counts, one.problem))
        for key, student in mine.items():
            if newest[key] is None:
                done.append(_candidate(one, [student], _unclear(student, works[key])))
            elif student not in counts:
                older[student.name or key].append(one.label)
    done.sort(key=lambda one: (one.students[0].key, str(one.path)))
    notes = (
        note(f"Not counted for {shown(name)}, who has a newer one", older[name])
        for name in sorted(older)
    )
    return tuple(done), tuple(text for texts in notes for text in texts)


def _candidate(found: Found, students: Sequence[Student], problem: str) -> Candidate:
    return Candidate(
        tuple(students), found.path, found.late, found.submitted, found.submission, problem
    )


def _unclear(student: Student, same: Iterable[Found]) -> str:
    names = " and ".join(sorted(shown(one.label) for one in same))
    return (
        f"{shown(student.name or student.key)} handed in {names}, and it cannot be told which "
        "is the newest. Give only the one that counts."
    )


def _newest(same: Sequence[Found]) -> Found | None:
    """Return the submission that counts, None if it cannot be told."""
    first = same[0]
    if len(same) == 1:
        return first
    alike = all((f.submission, f.submitted) == (first.submission, first.submitted) for f in same)
    if alike and first.submission and first.submitted:
        return first  # one submission of the platform's, in two downloads
    times = [_time(one.submitted) for one in same]
    known = [time for time in times if time is not None]
    if len(known) < len(times) or known.count(max(known)) > 1:
        return None
    return same[times.index(max(known))]


def _time(text: str) -> tuple[datetime, Fraction] | None:
    """Return the moment that a platform wrote, exact to the last digit; None if it is none."""
    found = _TIME.fullmatch(text)
    if not found:
        return None
    zone = timedelta(hours=int(found[10] or 0), minutes=int(found[11] or 0))
    try:
        year, month, day, hour, minute, second = (int(found[n] or 0) for n in range(1, 7))
        moment = datetime(year, month, day, hour, minute, second, tzinfo=timezone.utc)
        moment += zone if found[9] == "-" else -zone
    except (ValueError, OverflowError):
        return None
    return moment, Fraction(found[7] or 0)
