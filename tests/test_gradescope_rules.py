"""What the platform tells, whatever it holds, and what the rules of a course make of it."""

from __future__ import annotations

import json
import os
import resource
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import show_reports as reports
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from autograder.assignment import load
from autograder.gradescope import outlet, rules, watch
from autograder.gradescope.metadata import Told, number_of, read, time_of, understand
from autograder.gradescope.run import broken, graded, turned_down
from autograder.policy import Attempts, Late, Publication
from autograder.report import Outcome, Report

ROOT = Path(__file__).resolve().parents[1]
SCHEMA = Path(__file__).parent / "schema" / "results.schema.json"
RESULTS = Draft202012Validator(json.loads(SCHEMA.read_text("utf-8")))
quick = settings(
    max_examples=80,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
STRICT = replace(
    load("bn_matrix", ROOT),
    late=Late(10, 50, 15),
    attempts=Attempts(5, 2, 24),
    publication=Publication("after_published"),
)
FOUND = watch.Found(reports.error(), {"toolkit": "1"})
WORDS = ("created_at", "users", "assignment", "due_date", "previous_submissions", "score")
WORDS += ("submission_time", "results", "extra_data", "uncounted", "autograder_error")
TIMES = ("2025-03-09T01:30:00.123456-05:00", "2025-03-09T06:59:59Z", "9999-12-31T23:59:59-12:00")


def tangled() -> st.SearchStrategy[Any]:
    """Return any JSON, most of it of the words that are looked for."""
    leaves = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9)
    leaves |= st.sampled_from(TIMES) | st.sampled_from((10**400, -1, "1e999", "nan", "12.5"))
    keys = st.sampled_from(WORDS) | st.text(max_size=3)
    return st.recursive(leaves, lambda x: st.lists(x) | st.dictionaries(keys, x), max_leaves=40)


def shaped() -> st.SearchStrategy[Any]:
    """Return metadata of the right shape, with anything where a value belongs."""
    any_time, anything = st.sampled_from(TIMES) | tangled(), tangled()
    stored = st.fixed_dictionaries({"extra_data": st.dictionaries(st.just("uncounted"), anything)})
    fields = {"submission_time": any_time, "score": st.floats() | anything, "results": stored}
    person = st.fixed_dictionaries({"assignment": st.dictionaries(st.just("due_date"), any_time)})
    return st.fixed_dictionaries(
        {
            "created_at": any_time,
            "users": st.lists(person, max_size=3),
            "previous_submissions": st.lists(st.fixed_dictionaries(fields), max_size=4),
        }
    )


def check(results: dict[str, Any]) -> None:
    RESULTS.validate(json.loads(json.dumps(results, allow_nan=False)))


@quick
@given(shaped() | tangled())
def test_no_metadata_breaks_a_run(data: object) -> None:
    told = understand(data)
    check(graded(STRICT, FOUND, told))
    check(broken(told))
    why = rules.refusal(STRICT.attempts, told)
    check(turned_down(why, told, published=True))
    assert rules.refusal(Attempts(), told) == ""


@pytest.mark.parametrize(
    "text",
    [
        *(b"", b"{", b"\xff\xfe", b"[" * 100_000, b"1" * 5_000_000, b"null", b'"\\ud800"'),
        b'{"id": NaN, "created_at": 1e999}',
        b'{"created_at": {"created_at": []}}',
        b" " * (33 << 20),
    ],
    ids=lambda text: str(text[:12]),
)
def test_no_file_breaks_a_run(text: bytes, tmp_path: Path) -> None:
    file = tmp_path / "submission_metadata.json"
    file.write_bytes(text)
    told = read(file)
    assert (told.created, told.due, told.earlier) == (None, None, ())
    assert told.notes
    check(broken(told))


def test_a_number_of_many_digits_costs_nothing_but_itself(tmp_path: Path) -> None:
    file = tmp_path / "submission_metadata.json"
    file.write_text(f'{{"id": {"9" * 100_000}, "created_at": "{TIMES[1]}"}}')
    assert read(file).created == time_of(TIMES[1])


@pytest.mark.parametrize(
    ("value", "score"),
    [
        *((12, 12.0), (12.5, 12.5), ("12.5", 12.5), (0, 0.0), (True, None), (None, None)),
        *((-1, None), (10**400, None), (1e300, None), ("1e999", None), ("nan", None)),
        *((float("nan"), None), (float("inf"), None), ("", None), ([1], None), ({}, None)),
    ],
)
def test_a_score_is_a_number_that_points_can_be(value: object, score: float | None) -> None:
    assert number_of(value) == score


def test_no_file_at_all_breaks_no_run(tmp_path: Path) -> None:
    assert "cannot be read" in read(tmp_path / "none.json").notes[0]
    assert "cannot be read" in read(tmp_path).notes[0]


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2025-03-09T01:30:00.123456-05:00", "2025-03-09T06:30:00.123456+00:00"),
        ("2025-03-09T06:30:00Z", "2025-03-09T06:30:00+00:00"),
        ("2025-03-09 06:30:00 UTC", "2025-03-09T06:30:00+00:00"),
        ("2025-03-09T06:30", "2025-03-09T06:30:00+00:00"),
        ("2025-03-09T12:00:00.5+0530", "2025-03-09T06:30:00.500000+00:00"),
        ("2025-03-09T06:30:00.1234567+00", "2025-03-09T06:30:00.123456+00:00"),
        ("2025-02-30T06:30:00Z", None),
        ("2025-03-09T25:30:00Z", None),
        ("0001-01-01T00:00:00+14:00", None),
        ("2025-03-09", None),
        ("", None),
        (20250309, None),
    ],
)
def test_times_are_read_with_their_offset(text: object, utc: str | None) -> None:
    found = time_of(text)
    assert (rules._utc(found) if found else None) == utc


def handed_in(created: str, due: str, *own: str | None) -> Told:
    users = [{"id": 1, "assignment": {"due_date": when}} if when else {"id": 2} for when in own]
    return understand({"created_at": created, "assignment": {"due_date": due}, "users": users})


DUE = "2025-03-08T23:59:00-05:00"  # in New York the clocks go forward three hours later


@pytest.mark.parametrize(
    ("created", "own", "less"),
    [
        ("2025-03-08T23:59:00-05:00", (), 0),
        ("2025-03-09T00:14:00-05:00", (), 0),
        ("2025-03-09T00:14:00.000001-05:00", (), 10),
        ("2025-03-10T00:59:00-04:00", (), 10),
        ("2025-03-10T00:59:01-04:00", (), 20),
        ("2025-03-10T04:59:01Z", (), 20),
        ("2025-03-13T12:00:00-04:00", (), 50),
        ("2031-03-13T12:00:00-04:00", (), 50),
        ("2025-03-10T12:00:00-04:00", ("2025-03-10T23:59:00-04:00",), 0),
        ("2025-03-10T12:00:00-04:00", (None,), 20),
        ("2025-03-10T12:00:00-04:00", ("2025-03-09T23:59:00-04:00", None), 10),
        ("2025-03-10T12:00:00-04:00", (None, "2025-03-10T23:59:00-04:00", DUE), 0),
        ("2025-03-08T12:00:00-05:00", ("2025-03-07T23:59:00-05:00", None), 0),
        # An extension that is earlier than the common date holds all the same.
        ("2025-03-08T12:00:00-05:00", ("2025-03-07T23:59:00-05:00",), 10),
    ],
)
def test_lateness_follows_the_dates_that_are_told(
    created: str, own: tuple[str | None, ...], less: float
) -> None:
    told = handed_in(created, DUE, *own)
    assert rules.lateness(STRICT.late, told).less == less
    assert rules.lateness(Late(), told) == rules.Cost()


def test_a_late_score_is_less_and_its_checks_are_not() -> None:
    told = handed_in("2025-03-10T01:00:00-04:00", DUE)
    found = watch.Found(reports.failing(), {})
    late, early = graded(STRICT, found, told), graded(STRICT, found, Told())
    assert (early["score"], late["score"]) == (40.75, 32.6)
    assert late["tests"] == early["tests"]
    assert "2 days late: 20 % less." in late["output"]
    assert late["extra_data"]["less"] == 20
    grace = graded(STRICT, found, handed_in("2025-03-09T00:05:00-05:00", DUE))
    assert grace["score"] == 40.75
    assert "nothing is lost" in grace["output"]


def history(now: str, *times: str, **last: Any) -> Told:
    """Return what is told on the 9th at `now`, after submissions at `times` ("8 23:30")."""
    at = [f"2025-03-{day:0>2}T{hour}:00Z" for day, hour in (time.split() for time in times)]
    earlier = [{"submission_time": when, "score": n} for n, when in enumerate(at, 1)]
    earlier[-1:] = [earlier[-1] | last] if last else earlier[-1:]
    due = {"due_date": "2025-03-20T12:00:00-05:00"}
    data = {"created_at": f"2025-03-09T{now}:00Z", "previous_submissions": earlier}
    return understand(data | {"assignment": due})


ROOMY, TOTAL = Attempts(0, 2, 24), Attempts(3)


@pytest.mark.parametrize(
    ("attempts", "told", "says"),
    [
        (ROOMY, history("12:00"), ""),
        (ROOMY, history("12:00", "9 11:00"), ""),
        (ROOMY, history("12:00", "8 20:00", "9 11:00"), "from 2025-03-09 15:00 UTC-05:00 on"),
        (ROOMY, history("20:00", "8 20:00", "9 11:00"), ""),
        (ROOMY, history("19:59", "8 20:00", "9 11:00"), "the next from"),
        # The third was turned down, so that it does not count for the fourth.
        (ROOMY, history("20:30", "8 20:00", "9 11:00", "9 12:00"), ""),
        (ROOMY, history("12:00", "8 20:00", "9 11:00", autograder_error=True), ""),
        # Submissions after this one: an old one is graded again.
        (ROOMY, history("12:00", "9 11:00", "9 13:00", "9 14:00"), ""),
        (TOTAL, history("12:00", "1 00:00", "2 00:00"), ""),
        (TOTAL, history("12:00", "1 00:00", "2 00:00", "3 00:00"), "Only 3 attempts"),
        (Attempts(1), history("12:00", "1 00:00"), "Only 1 attempt of"),
    ],
)
def test_attempts_are_counted_as_they_were_graded(
    attempts: Attempts, told: Told, says: str
) -> None:
    found = rules.refusal(attempts, told)
    assert says in found
    assert bool(says) is bool(found)


def test_what_broke_through_our_fault_does_not_count() -> None:
    first = history("08:00")
    left = {"extra_data": broken(first)["extra_data"]}
    second = history("09:00", "9 08:00", results=left)
    left = {"extra_data": graded(STRICT, FOUND, second)["extra_data"]}
    third = history("10:00", "9 08:00", "9 09:00", results=left)
    assert rules.refusal(Attempts(0, 2, 24), third) == ""
    without = history("10:00", "9 08:00", "9 09:00")
    assert "the next from" in rules.refusal(Attempts(0, 2, 24), without)


def test_an_old_submission_graded_again_gets_the_answer_it_got() -> None:
    """A broke, B was graded; when B is graded again, C was handed in after it."""
    left = {"extra_data": {"uncounted": ["2025-03-09T08:00:00+00:00"]}}
    once = Attempts(1)
    assert rules.refusal(once, history("09:00", "9 08:00", results=left)) == ""
    again = history("09:00", "9 08:00", "9 10:00", results=left)
    assert [one.score for one in again.earlier] == [1]
    assert rules.refusal(once, again) == ""
    assert rules.refusal(once, history("09:00", "9 08:00", "9 10:00")) != ""


@pytest.mark.parametrize("report", [reports.error(), reports.hidden_failing()])
def test_a_run_in_which_a_check_of_ours_broke_does_not_count(report: Report) -> None:
    told = history("09:00")
    extra = graded(STRICT, watch.Found(report, {}), told)["extra_data"]
    ours = report.outcome is Outcome.ERROR
    assert extra["uncounted"] == ["2025-03-09T09:00:00+00:00"] * ours


def test_the_earlier_score_is_the_latest_that_the_platform_could_read() -> None:
    told = history("12:00", "8 20:00", "9 11:00")
    assert told.standing == 2
    assert history("12:00", "8 20:00", "9 11:00", autograder_error=True).standing == 1
    assert history("12:00", "8 20:00", "9 11:00", score="17.5").standing == 17.5
    assert history("12:00", "8 20:00", "9 11:00", score=None).standing == 1
    assert turned_down("why", told, published=False)["score"] == 2
    assert graded(STRICT, FOUND, history("12:00", "8 20:00", score=45))["score"] == 45
    # The points became fewer since: no score is above them.
    assert graded(STRICT, FOUND, history("12:00", "8 20:00", score=60))["score"] == 50
    refused = turned_down("why", history("12:00", "8 20:00", score=60), published=False, most=50)
    assert refused["score"] == 50


def test_an_earlier_score_is_never_shown_where_hidden_checks_were_in_it() -> None:
    told = history("12:00", "8 20:00")
    for results in (broken(told), turned_down("why", told, published=False)):
        assert [t["visibility"] for t in results["tests"]] == ["hidden"]
    published = turned_down("why", told, published=True)
    assert published["tests"][0]["visibility"] == "after_published"


@pytest.mark.parametrize(
    ("told", "minutes", "seconds"),
    [
        ("600", 40, 570),
        ("", 40, 2370),
        ("abc", 10, 570),
        ("nan", 10, 570),
        ("-3", 10, 570),
        ("inf", 10, 570),
        ("1e12", 10, 570),
        ("60", 10, 48),
        ("", 1e9, 86370),
    ],
)
def test_grading_ends_before_the_platform_ends_it(
    told: str, minutes: float, seconds: float
) -> None:
    assert watch.seconds_left(minutes, told) == seconds


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Path]:
    """A disk of 1.5 MB with a valid file on it."""
    if os.geteuid() != 0:
        pytest.skip("needs root, to mount a small disk")
    order = ["mount", "-t", "tmpfs", "-o", "size=1536k", "none", str(tmp_path)]
    if subprocess.run(order, capture_output=True).returncode:
        pytest.skip("this machine mounts nothing, as in a container")
    try:
        yield tmp_path
    finally:
        subprocess.run(["umount", "-l", str(tmp_path)], check=True)


def fill(disk: Path) -> None:
    """Fill a small disk to the last byte; fails on a large one, which it leaves with room."""
    full = pytest.raises(OSError, match="No space left")
    with (disk / "filler").open("wb", buffering=0) as file, full:
        for _ in range(4_000):
            file.write(bytes(1000))


def long(size: int) -> dict[str, Any]:
    entry = {"name": "a", "score": 1.0, "max_score": 1.0, "output": "x" * size}
    return {"score": 1.0, "output": "top", "tests": [entry]}


def stands(folder: Path) -> dict[str, Any]:
    results: dict[str, Any] = json.loads((folder / outlet.NAME).read_text())
    check(results)
    return results


def test_a_full_disk_has_room_that_was_reserved(small: Path) -> None:
    worst = broken(Told())
    assert outlet.put(small, worst) == ""
    outlet.reserve(small)
    fill(small)
    (small / "probe").touch()
    with pytest.raises(OSError), (small / "probe").open("wb") as file:
        file.write(b"x" * 9000)
    assert outlet.put(small, long(90_000)) == ""
    assert len(stands(small)["tests"][0]["output"]) == 90_000


def test_a_full_disk_leaves_the_file_that_was_there(small: Path) -> None:
    outlet.put(small, broken(Told()))
    fill(small)
    assert "No space left" in outlet.put(small, long(90_000))
    assert stands(small) == broken(Told())
    assert {p.name for p in small.iterdir()} == {outlet.NAME, "filler"}


def test_results_that_are_too_long_for_the_disk_are_cut(tmp_path: Path) -> None:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, before[1]))
    try:
        said = outlet.put(tmp_path, long(90_000))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert "File too large; a shorter one is in its place" in said
    assert stands(tmp_path)["tests"][0]["output"] == "x" * outlet.SHORT + "\n[...]"
    assert [p.name for p in tmp_path.iterdir()] == [outlet.NAME]
