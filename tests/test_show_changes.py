"""What a second grading changed: who is named, why, and what a spreadsheet makes of it."""

from __future__ import annotations

import csv
import io
import os
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_show_cohort import GOLDEN, check, cohort, cohorts, quick, report, small, standing

from autograder.cohort import Cohort, Standing, Status
from autograder.report import CheckResult, Outcome, Report
from autograder.show.changes import (
    Change,
    Move,
    Shift,
    changes,
    changes_csv,
    changes_text,
)
from autograder.show.layout import cells

GOOD = report([check("a")], [check("b")])
BAD = report([check("a")], [check("b", "failed")])
BROKE = report([check("a")], [check("b", "error")])


def stand_in(kind: str) -> Report:
    """A report of work that no check looked at."""
    outcome = Outcome.ERROR if kind == "error" else Outcome.FAILED
    return report([CheckResult(kind, "no check ran", outcome)], [])


def row(key: str, made: Report | None, status: str = "graded", **rest) -> Standing:
    return standing(key, made, status, **{"work": "w1", "grader": "g1", **rest})


def one(before: Standing | None, after: Standing | None) -> tuple[Change, ...]:
    return changes(cohort(*filter(None, [before])), cohort(*filter(None, [after])))


OLD = row("a", BAD)
CASES: list[tuple[Standing | None, Standing | None, tuple[str, ...]]] = [
    (OLD, row("a", GOOD, work="w2"), ("the work changed",)),
    (OLD, row("a", GOOD, grader="g2"), ("the grader changed",)),
    (OLD, row("a", GOOD, work="w2", grader="g2"), ("the work changed", "the grader changed")),
    (OLD, row("a", GOOD), ("neither the work nor the grader changed",)),
    (
        row("a", BROKE, "grader fault"),
        row("a", GOOD, grader="g2"),
        ("the grader changed", "was a grader fault before"),
    ),
    (
        OLD,
        row("a", BROKE, "grader fault", grader="g2"),
        ("the grader changed", "is a grader fault now"),
    ),
    (row("a", None, "missing", work="", grader=""), OLD, ("nothing was handed in before",)),
    (OLD, row("a", None, "missing", work="", grader=""), ("nothing is handed in any more",)),
    (None, OLD, ("not in the class before",)),
    (OLD, None, ("no longer in the class",)),
]


@pytest.mark.parametrize(("before", "after", "why"), CASES)
def test_the_reason(before: Standing | None, after: Standing | None, why: tuple[str, ...]) -> None:
    (found,) = one(before, after)
    assert found.why == why
    assert found.student == (after or before).student


def test_scores_points_and_checks() -> None:
    (found,) = one(OLD, row("a", GOOD, grader="g2"))
    assert (found.before, found.after, found.difference) == (10, 40, 30)
    assert (found.was, found.now) == (Status.GRADED, Status.GRADED)
    assert found.shifts == (Shift("q2", 0, 30),)
    assert found.moves == (Move("q2", "requirement b", "failed", "passed"),)


def test_a_fault_has_no_score_and_no_difference() -> None:
    (found,) = one(row("a", BROKE, "grader fault"), row("a", GOOD))
    assert (found.before, found.after, found.difference) == (None, 40, None)
    assert found.moves == (Move("q2", "requirement b", "error", "passed"),)
    (head, line) = csv.reader(io.StringIO(changes_csv([found])))
    told = dict(zip(head, line, strict=True))
    assert (told["score before"], told["score after"], told["difference"]) == ("", "40", "")
    assert "no score → 40" in changes_text([found])


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (OLD, OLD),
        (OLD, replace(OLD, work="w2", grader="g2", attempts=9, late=True, source="x.zip")),
        (OLD, replace(OLD, report=replace(BAD, seconds=99, notes=("a note",)))),
        (OLD, replace(OLD, report=report([check("a", title="told anew")], [check("b", "failed")]))),
        (row("a", BROKE, "grader fault"), row("a", BROKE, "grader fault", reason="other words")),
        (None, None),
    ],
)
def test_what_is_no_change(before: Standing | None, after: Standing | None) -> None:
    assert one(before, after) == ()


@pytest.mark.parametrize(
    ("before", "after", "moves"),
    [
        (
            report([check("a")], [check("b")]),
            report([check("a")], [check("c")]),
            {("c", "not there", "passed"), ("b", "passed", "not there")},
        ),
        (
            report([check("a")], [check("b"), check("b", "failed")]),
            report([check("a")], [check("b"), check("b")]),
            {("b", "failed", "passed")},
        ),
        (
            report([check("a", hidden=True)], [check("a", "waiting")]),
            report([check("a", "failed", hidden=True)], [check("a")]),
            {("a", "passed", "failed"), ("a", "waiting", "passed")},
        ),
        (
            report([check("a")], [check("b", hidden=True)]),
            report([check("a")], [check("b", "failed")]),
            {("b", "passed", "failed")},
        ),
        (stand_in("error"), GOOD, set()),
        (GOOD, stand_in("missing"), set()),
        (None, GOOD, set()),
    ],
    ids=[
        "other checks",
        "one name twice",
        "hidden",
        "made public",
        "grader broke",
        "unreadable",
        "no report",
    ],
)
def test_which_checks_moved(before: Report | None, after: Report | None, moves: set) -> None:
    (found,) = one(row("a", before), row("a", after))
    assert {(m.title.split()[-1], m.was, m.now) for m in found.moves} == moves
    assert len(found.moves) == len(moves)


def test_points_that_moved_without_a_check_are_named() -> None:
    heavier = report([check("a")], [check("b", "failed"), check("c")])
    lighter = report([check("a")], [check("b", "failed", weight=3), check("c")])
    (found,) = one(row("a", heavier), row("a", lighter, grader="g2"))
    assert found.moves == ()
    assert found.shifts == (Shift("q2", 15, 7.5),)
    assert "points: q2 15 → 7.5" in changes_text([found])


def test_a_score_may_stay_while_checks_move() -> None:
    before = report([check("a")], [check("b"), check("c", "failed")])
    after = report([check("a")], [check("b", "failed"), check("c")])
    (found,) = one(row("a", before), row("a", after))
    assert (found.difference, found.shifts, len(found.moves)) == (0, (), 2)
    assert changes_text([found]).startswith("1 student differs: 1 with the same score\n")


def regraded() -> tuple[Cohort, Cohort]:
    """The small class, and the same after the grader was mended."""
    before, after = small(), []
    for old in (replace(s, work=s.student.key, grader="g1") for s in before.standings):
        key, new = old.student.key, replace(old, grader="g2")
        if key == "bob":
            good = replace(old.report.questions[1], checks=small().standings[0].report.checks[1:])
            new = replace(new, report=replace(old.report, questions=(GOOD.questions[0], good)))
        if key == "cem":
            new = replace(new, work="again", report=report([check("a", "failed")], [check("b")]))
        if key == "eva":
            new = replace(new, status=Status.GRADED, reason="", report=GOOD)
        after.append(new)
    after.append(row("ida", GOOD))
    olds = tuple(replace(s, work=s.student.key, grader="g1") for s in before.standings)
    return replace(before, standings=olds), replace(before, standings=tuple(after))


def test_text_is_as_it_was_read() -> None:
    """REGOLD=1 writes the file anew: read it then."""
    path, made = GOLDEN / "class-changes.txt", changes_text(changes(*regraded()), width=60)
    if os.environ.get("REGOLD"):
        path.write_text(made, encoding="utf-8", newline="\n")
    assert made == path.read_bytes().decode("utf-8")


def test_nothing_changed_is_said() -> None:
    assert changes_text(()) == "nothing changed: every student has the same outcomes as before\n"
    assert len(list(csv.reader(io.StringIO(changes_csv(()))))) == 1


def test_many_checks_are_counted() -> None:
    names = [f"n{place}" for place in range(9)]
    before = report([check("a")], [check(name) for name in names])
    after = report([check("a")], [check(name, "failed") for name in names])
    found = one(row("a", before), row("a", after))
    assert "and 5 more checks" in changes_text(found)
    assert changes_csv(found).count("passed -> failed") == 9


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", " =", "＝", "\u200b="])
def test_no_cell_is_a_formula(start: str) -> None:
    said = f"{start}HYPERLINK(1)"
    new = row("a", GOOD, name=said)
    (_, line) = csv.reader(io.StringIO(changes_csv(one(replace(OLD, student=new.student), new))))
    assert line[1].startswith("'") or line[1][0] not in "=+-@＝\t "


def test_a_lost_point_is_a_number_in_the_table() -> None:
    (_, line) = csv.reader(io.StringIO(changes_csv(one(row("a", GOOD), row("a", BAD)))))
    assert line[4] == "-30"


@quick
@given(cohorts, cohorts, st.sampled_from((40, 60, 100)), st.booleans())
def test_any_two_classes_compare(one: Cohort, two: Cohort, width: int, unicode: bool) -> None:
    keys = [s.student.key for s in one.standings]
    if len(set(keys)) == len(keys):
        assert changes(one, one) == ()
    found = changes(one, two)
    assert [c.student.key for c in found] == sorted(c.student.key for c in found)
    text = changes_text(found, width=width, unicode=unicode)
    assert [line for line in text.split("\n") if cells(line) > width] == []
    assert "\x1b" not in text
    assert unicode or text.encode("cp1252")
    rows = list(csv.reader(io.StringIO(changes_csv(found))))
    assert len(rows) == len(found) + 1
    assert {len(row) for row in rows} == {10}


@quick
@given(cohorts, cohorts)
def test_there_and_back_is_the_same_change(one: Cohort, two: Cohort) -> None:
    there, back = changes(one, two), changes(two, one)
    assert [c.student.key for c in there] == [c.student.key for c in back]
    for change, undone in zip(there, back, strict=True):
        assert (change.before, change.was) == (undone.after, undone.now)
        assert {(m.question, m.was, m.now) for m in change.moves} == {
            (m.question, m.now, m.was) for m in undone.moves
        }
