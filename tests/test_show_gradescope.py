"""results.json for Gradescope: valid, adding up, and silent about hidden checks."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import show_reports as reports
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from autograder.assignment import Assignment, Question
from autograder.checks.folding import fold
from autograder.checks.question import Mark
from autograder.checks.run import Check
from autograder.report import CheckResult, Finding, Outcome, QuestionResult, Report
from autograder.show.gradescope import gradescope

RESULTS = Draft202012Validator(
    json.loads((Path(__file__).parent / "schema" / "results.schema.json").read_text("utf-8"))
)
quick = settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)


@quick
@given(reports.reports, st.booleans(), st.booleans(), st.none() | st.floats(0, 100))
def test_results_are_valid_and_add_up(
    report: Report, hints: bool, published: bool, previous: float | None
) -> None:
    results = gradescope(report, hints=hints, published=published, previous=previous)
    RESULTS.validate(json.loads(json.dumps(results, allow_nan=False)))
    numbers = [t["number"] for t in results["tests"]]
    assert len(numbers) == len(set(numbers)) == len(report.checks)
    for position, question in enumerate(report.questions, 1):
        own = [t for t in results["tests"] if t["number"].startswith(f"{position}.")]
        assert math.isclose(sum(t.get("score", 0) for t in own), question.earned, abs_tol=1e-9)
        for entry in own:
            if "score" in entry:
                assert (entry["status"] == "passed") is (entry["score"] == entry["max_score"]) or (
                    entry["max_score"] == 0
                )
    assert results["score"] >= report.earned
    if report.outcome is not Outcome.ERROR:
        judged = any(c.finding and c.finding.kind == "judge" for c in report.checks)
        assert results["score"] == report.earned or judged


@quick
@given(reports.questions, st.data())
def test_public_results_do_not_tell_how_hidden_checks_ended(
    question: QuestionResult, data: st.DataObject
) -> None:
    turned = tuple(
        replace(c, outcome=data.draw(st.sampled_from((Outcome.PASSED, Outcome.FAILED))))
        if c.hidden
        else c
        for c in question.checks
    )
    one = Report("a", "t", (replace(question, needs=()),))
    other = Report("a", "t", (replace(question, checks=turned, needs=()),))

    def seen(report: Report) -> object:
        return [t for t in gradescope(report)["tests"] if t["visibility"] == "visible"]

    assert seen(one) == seen(other)


def test_results_schema_refuses() -> None:
    good = gradescope(reports.failing())
    RESULTS.validate(good)
    bad: list[dict] = [
        {},
        {**good, "score": "3"},
        {**good, "max_score": 3},
        {**good, "visibility": "secret"},
        {**good, "output": "a\r\nb"},
        {**good, "output": "a\0b"},
        {**good, "output": "a" * 100_001},
        {**good, "tests": [{**good["tests"][0], "status": "ok"}]},
        {**good, "tests": [{**good["tests"][0], "number": 1}]},
        {"tests": [{"name": "a"}]},
    ]
    assert [index for index, data in enumerate(bad) if RESULTS.is_valid(data)] == []


def test_results_keep_the_earlier_score_only_when_points_are_open() -> None:
    assert gradescope(reports.error(), previous=41)["score"] == 41
    assert "your earlier score stands" in gradescope(reports.error(), previous=41)["output"]
    assert gradescope(reports.error(), previous=3)["score"] == 27.5
    assert gradescope(reports.error())["score"] == 27.5
    assert "not your fault" in gradescope(reports.error())["output"]
    assert gradescope(reports.failing(), previous=99)["score"] == 40.75


def test_results_give_no_zero_for_what_we_broke() -> None:
    entries = {t["number"]: t for t in gradescope(reports.error())["tests"]}
    for number in ("2.1", "3.1"):
        assert not entries[number].keys() & {"score", "max_score", "status"}
    assert "KeyError" not in entries["2.1"]["output"]


def test_results_show_hidden_checks_to_staff_until_published() -> None:
    report = reports.hidden_failing()
    assert gradescope(report)["tests"][2]["visibility"] == "hidden"
    assert gradescope(report, published=True)["tests"][2]["visibility"] == "after_published"
    assert "hint: divide by m" in gradescope(report)["tests"][2]["output"]
    assert "hint" not in json.dumps(gradescope(report, hints=False))


def test_results_cut_a_long_output_in_the_middle() -> None:
    names = ("message", "inputs", "got", "want", "traceback", "output", "where", "hint")
    finding = Finding("value", **{n: f"<{n}" + "a" * 9_000 + f"{n}>" for n in names})
    check = CheckResult("test_a", "a", Outcome.FAILED, finding=finding)
    output = gradescope(Report("a", "t", (QuestionResult("q", "t", 1, (check,)),)))["tests"][0]
    assert len(output["output"]) < 100_000
    assert "<message" in output["output"]
    assert "output>" in output["output"]
    assert "[... the middle is left out ...]" in output["output"]


def test_a_score_must_be_finite() -> None:
    broken = replace(reports.green(), questions=(QuestionResult("q", "t", 1e308, ()),) * 1)
    assert math.isfinite(gradescope(broken)["score"])
    with pytest.raises(ValueError, match="finite"):
        gradescope(reports.error(), previous=math.inf)


def test_no_visible_word_tells_how_hidden_checks_of_an_earlier_question_ended() -> None:
    """q2 builds on q1: wrong in q2, a student reads the same whether q1's hidden check passed."""
    questions = (Question("q1", "one", 4), Question("q2", "two", 6, needs=("q1",)))
    there = Path("there")
    assignment = Assignment("small", "Small", there, None, "small.py", (), questions)
    wrong = Finding("value", "f is 3, 4 was wanted", "add one", inputs="f(2)", got="3", want="4")

    def seen(hidden: Outcome) -> list[Any]:
        ended = {
            ("q1", "public", False): (Outcome.PASSED, None),
            ("q1", "secret", True): (hidden, None if hidden is Outcome.PASSED else wrong),
            ("q2", "public", False): (Outcome.FAILED, wrong),
            ("q2", "secret", True): (Outcome.FAILED, wrong),
        }
        results = {
            Check(print, Mark(question), name, is_hidden, (), ""): CheckResult(
                name, name, outcome, hidden=is_hidden, finding=finding
            )
            for (question, name, is_hidden), (outcome, finding) in ended.items()
        }
        report = Report("small", "Small", fold(assignment, results, ("q1", "q2")))
        assert Report.from_dict(json.loads(json.dumps(report.to_dict()))) == report
        told = gradescope(report)
        return [told["output"], *(t for t in told["tests"] if t["visibility"] == "visible")]

    held, broke = seen(Outcome.PASSED), seen(Outcome.FAILED)
    assert held == broke
    assert "4 was wanted" in held[-1]["output"]


def test_what_only_a_command_line_offers_is_not_said() -> None:
    says = "bn.py is missing. Rename your file to bn.py, or name it: --entry FILE."
    report = replace(
        reports.green(), notes=(says, "a.py is graded, not b.py (--entry FILE changes that).")
    )
    output = gradescope(report)["output"]
    assert "Rename your file to bn.py." in output and "--entry" not in output
    assert "a.py is graded, not b.py." in output


def test_a_ranking_shows_what_was_measured() -> None:
    facts = {"accuracy": "99.4000", "parameters": "7998", "device": "cpu"}
    report = replace(reports.green(), facts=facts)
    board = gradescope(report, board=("accuracy", "parameters"))["leaderboard"]
    assert board == [
        {"name": "accuracy", "value": 99.4, "order": "desc"},
        {"name": "parameters", "value": 7998, "order": "asc"},
    ]
    assert "7998.0" not in json.dumps(board)
    assert "leaderboard" not in gradescope(report)
    for bad in ("", "nan", "inf", "-1", "1e400", "9" * 40, "cpu"):
        odd = replace(report, facts={**facts, "accuracy": bad})
        found = gradescope(odd, board=("accuracy", "parameters"))["leaderboard"]
        assert [entry["name"] for entry in found] == ["parameters"], bad


@quick
@given(reports.reports, st.floats(0, 100), st.none() | st.floats(0, 100))
def test_lateness_takes_from_the_score_alone(
    report: Report, less: float, previous: float | None
) -> None:
    late = gradescope(report, less=less, remarks=["late: less"], previous=previous)
    early = gradescope(report, previous=previous)
    RESULTS.validate(late)
    assert late["tests"] == early["tests"]
    assert "late: less" in late["output"]
    lost = round(report.earned * (1 - less / 100), 2)
    assert late["score"] in (lost, min(previous or 0.0, report.possible))
    assert 0 <= late["score"] <= early["score"]
