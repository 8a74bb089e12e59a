"""What a second grading of a class changed: who moves, by which checks, and why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from autograder.cohort import Cohort, Standing, Status, Student
from autograder.report import Report
from autograder.show import words
from autograder.show.cells import Cell, written
from autograder.show.layout import cells, pad, paint, plain, wrap
from autograder.show.screen import NARROWEST, WIDEST, Screen
from autograder.show.statistics import STAND_INS, line

ABSENT = "not there"
MOVES = 4
_SCORES = ("score before", "score after", "difference", "status before", "status after")
_HEAD = ("key", "name", *_SCORES, "why", "questions", "checks")


@dataclass(frozen=True)
class Move:
    """One check whose outcome changed; `was` and `now` are states, "not there" without one."""

    question: str
    title: str
    was: str
    now: str


@dataclass(frozen=True)
class Shift:
    """One question whose points changed; None where it was not graded."""

    question: str
    before: float | None
    after: float | None


@dataclass(frozen=True)
class Change:
    """One student for whom something changed.

    A score is None where a person has to decide, a status where the student was not in that
    class. `why` holds every reason that is known, and says so where there is none.
    """

    student: Student
    before: float | None
    after: float | None
    was: Status | None
    now: Status | None
    shifts: tuple[Shift, ...]
    moves: tuple[Move, ...]
    why: tuple[str, ...]

    @property
    def difference(self) -> float | None:
        """Points won or lost; None where one of the scores is not known."""
        if self.before is None or self.after is None:
            return None
        return round(self.after - self.before, 2)


def changes(before: Cohort, after: Cohort) -> tuple[Change, ...]:
    """Return every student whose score, status, points or checks differ, in order of the keys.

    Who is in one of the classes only counts too; other texts and times do not.
    """
    old = {s.student.key: s for s in before.standings}
    new = {s.student.key: s for s in after.standings}
    made = (_change(old.get(key), new.get(key)) for key in sorted({*old, *new}))
    return tuple(change for change in made if change is not None)


def _change(old: Standing | None, new: Standing | None) -> Change | None:
    known = new or old
    if known is None:
        return None
    reports = _checked(old), _checked(new)
    change = Change(
        known.student,
        old.score if old else None,
        new.score if new else None,
        old.status if old else None,
        new.status if new else None,
        tuple(_shifts(*reports)),
        tuple(_moves(*reports)),
        tuple(_why(old, new)),
    )
    same = (change.before, change.was) == (change.after, change.now)
    return None if same and not change.shifts and not change.moves else change


def _checked(standing: Standing | None) -> Report | None:
    """Return the report if a check ran: otherwise no outcome is known that could have changed."""
    report = standing.report if standing else None
    ran = report is not None and any(c.name not in STAND_INS for c in report.checks)
    return report if ran else None


def _why(old: Standing | None, new: Standing | None) -> Iterator[str]:
    if old is None or new is None:
        yield "not in the class before" if old is None else "no longer in the class"
        return
    missing = (old.status is Status.MISSING, new.status is Status.MISSING)
    if missing == (True, False):
        yield "nothing was handed in before"
    elif missing == (False, True):
        yield "nothing is handed in any more"
    elif old.work != new.work:
        yield "the work changed"
    if old.grader != new.grader and True not in missing:
        yield "the grader changed"
    faults = (old.status is Status.FAULT, new.status is Status.FAULT)
    if faults == (True, False):
        yield "was a grader fault before"
    elif faults == (False, True):
        yield "is a grader fault now"
    if new.status is Status.KEPT:
        yield "the grader broke: the earlier score stands"
    if missing[0] == missing[1] and (old.work, old.grader) == (new.work, new.grader):
        yield "neither the work nor the grader changed"


def _shifts(old: Report | None, new: Report | None) -> Iterator[Shift]:
    was, now = _earned(old), _earned(new)
    for question in {**now, **was}:
        if was.get(question) != now.get(question):
            yield Shift(question, was.get(question), now.get(question))


def _earned(report: Report | None) -> dict[str, float]:
    return {q.id: q.earned for q in report.questions} if report else {}


def _moves(old: Report | None, new: Report | None) -> Iterator[Move]:
    if old is None or new is None:
        return
    was, now = _states(old), _states(new)
    for key in {**now, **was}:
        absent = ("", ABSENT)
        (title, then), (newer, here) = was.get(key, absent), now.get(key, absent)
        if then != here:
            yield Move(key[0], newer or title, then, here)


def _states(report: Report) -> dict[tuple[str, str, int], tuple[str, str]]:
    """Return title and state of each check; equal names in a question are told by their turn.

    A check that was made public or hidden is still the same.
    """
    found: dict[tuple[str, str, int], tuple[str, str]] = {}
    for question in report.questions:
        for check in question.checks:
            turn = 0
            while (key := (question.id, check.name, turn)) in found:
                turn += 1
            found[key] = (check.title or check.name, words.state(check))
    return found


def changes_text(
    found: Sequence[Change], *, width: int = 80, color: bool = False, unicode: bool = True
) -> str:
    """Return who moves as text that ends in a line break, `width` cells wide (40 to 100).

    Each student with the first few checks; `changes_csv` holds all. `unicode=False` keeps to
    cp1252, with arrows in ASCII.
    """
    screen = Screen(max(NARROWEST, min(width, WIDEST)), color, unicode)
    rows = [paint(row, "bold", screen) for row in wrap(_summary(found), screen.width, "  ")]
    rows += [row for change in found for row in _told(change, screen)]
    return "\n".join(rows) + "\n"


def _summary(found: Sequence[Change]) -> str:
    if not found:
        return "nothing changed: every student has the same outcomes as before"
    known = [change.difference for change in found if change.difference is not None]
    opened = sum(change.difference is None for change in found)
    counts = (
        (sum(value > 0 for value in known), "up"),
        (sum(value < 0 for value in known), "down"),
        (sum(value == 0 for value in known), "with the same score"),
        (opened, "without a score before or after"),
    )
    said = ", ".join(f"{number} {way}" for number, way in counts if number)
    students = words.count(len(found), "student")
    return f"{students} {'differs' if len(found) == 1 else 'differ'}: {said}"


def _told(change: Change, screen: Screen) -> Iterator[str]:
    arrow = "→" if screen.unicode else "->"
    name = line(change.student.name)
    who = f"{line(change.student.key)}{f' ({name})' if name else ''}"
    scores = f"{_score(change.before, change.was)} {arrow} {_score(change.after, change.now)}"
    way = change.difference
    by = f" ({words.points(way) if way < 0 else '+' + words.points(way)})" if way else ""
    state = "passed" if way and way > 0 else "failed" if way else ""
    text = f"{who}: {scores}{by}, {', '.join(change.why)}"
    first, *rest = wrap(plain(text, screen), screen.width, "  ")
    yield from (paint(row, state, screen) for row in (first, *rest))
    shown = change.moves[:MOVES]
    wide = max((cells(line(move.question)) for move in shown), default=0)
    for move in shown:
        ends = f"{pad(line(move.question), wide)}  {move.was} {arrow} {move.now}"
        text = plain(f"  {ends}: {line(move.title)}", screen)
        yield from wrap(text, screen.width, " " * (4 + wide))
    left = len(change.moves) - len(shown)
    if left:
        yield f"  and {words.count(left, 'more check')}"
    known = [s for s in change.shifts if s.before is not None and s.after is not None]
    if known and not change.moves:
        parts = (f"{line(s.question)} {_pair(s, arrow)}" for s in known)
        yield from wrap(plain(f"  points: {', '.join(parts)}", screen), screen.width, "    ")


def _score(score: float | None, status: Status | None) -> str:
    if status is None:
        return ABSENT
    said = "" if status in (Status.GRADED, Status.FAULT) else f" ({status.value})"
    return "no score" if score is None else words.points(score) + said


def _pair(shift: Shift, arrow: str) -> str:
    ends = ("-" if p is None else words.points(p) for p in (shift.before, shift.after))
    return f" {arrow} ".join(ends)


def changes_csv(found: Iterable[Change]) -> str:
    """Return who moves as CSV, one row a student; no score is an empty cell, never a zero."""
    return written([_HEAD, *(_row(change) for change in found)])


def _row(change: Change) -> list[Cell]:
    moves = (f"{m.question} {m.was} -> {m.now}: {line(m.title)}" for m in change.moves)
    return [
        line(change.student.key),
        line(change.student.name),
        change.before,
        change.after,
        change.difference,
        change.was.value if change.was else ABSENT,
        change.now.value if change.now else ABSENT,
        "; ".join(change.why),
        "; ".join(f"{line(s.question)} {_pair(s, '->')}" for s in change.shifts),
        "; ".join(moves),
    ]
