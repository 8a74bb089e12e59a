"""Any report renders, whatever a student wrote, and hidden checks keep their secrets."""

from __future__ import annotations

import json
import re
from dataclasses import fields, replace

import pytest
import show_reports as reports
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from autograder.report import CheckResult, Finding, Outcome, QuestionResult, Report
from autograder.show.data import to_json
from autograder.show.gradescope import gradescope
from autograder.show.html import html
from autograder.show.layout import plain
from autograder.show.screen import Screen
from autograder.show.terminal import terminal
from autograder.show.visible import visible
from autograder.show.words import place

COLOR = re.compile(r"\x1b\[\d+m")
# rich counts these signs as wide since Unicode 16; Python's tables call them narrow.
NEWLY_WIDE = re.compile("[\u2630-\u2637\u268a-\u268f\u4dc0-\u4dff\U0001d300-\U0001d376]")

quick = settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
widths = st.integers(60, 120)


def whole_words(report: Report, unicode: bool) -> set[str]:
    """The long words of the report's paths: they alone may pass the margin."""
    found = [place(c.finding.where)[0] for c in visible(report).checks if c.finding]
    shown = [plain(path, Screen(unicode=unicode)) for path in found]
    return {word for path in shown for word in (path, *path.split(" ")) if len(word) > 20}


def in_ascii(report: Report) -> Report:
    """Return the report with every text of it in printable ASCII."""
    text = json.dumps(visible(report).to_dict())
    return Report.from_dict(json.loads(re.sub(r"\\u[0-9a-f]{4}", "?", text)))


@quick
@given(reports.reports, widths, st.booleans(), st.booleans(), st.booleans())
def test_terminal_stays_inside_its_width(
    report: Report, width: int, unicode: bool, verbose: bool, partial: bool
) -> None:
    options = {"width": width, "unicode": unicode, "verbose": verbose, "partial": partial}
    text = terminal(report, command="grade x", **options)
    assume(not NEWLY_WIDE.search(text))
    wide = [row for row in text.split("\n") if cell_len(row) > width]
    allowed = whole_words(report, unicode)
    assert [row for row in wide if not any(word in row for word in allowed)] == []


@quick
@given(reports.reports, st.booleans(), st.booleans())
def test_terminal_sends_no_code_of_a_student(report: Report, unicode: bool, verbose: bool) -> None:
    text = terminal(report, unicode=unicode, verbose=verbose)
    colored = terminal(report, unicode=unicode, verbose=verbose, color=True)
    assert COLOR.sub("", colored) == text
    assert all(char == "\n" or char.isprintable() for char in text)
    if not unicode:
        text.encode("cp1252")


@quick
@given(reports.reports.map(in_ascii), st.booleans())
def test_own_signs_are_ascii_where_the_console_needs_it(report: Report, verbose: bool) -> None:
    assert terminal(report, unicode=False, verbose=verbose).isascii()


@quick
@given(reports.reports)
def test_json_and_html_hold_no_code_of_a_student(report: Report) -> None:
    data = json.loads(to_json(report))
    assert Report.from_dict(data) == visible(report)
    page = html(report)
    assert page.count("<script") == 0
    assert all(char == "\n" or char == "\t" or ord(char) >= 32 for char in page)


def secret_reports() -> st.SearchStrategy[Report]:
    """Reports whose hidden findings hold a secret in every field but the hint."""
    names = [f.name for f in fields(Finding) if f.name not in ("kind", "hint")]
    findings = st.builds(
        Finding,
        st.sampled_from(sorted(reports.HIDDEN_MESSAGES)),
        hint=st.just("look at eps"),
        **{name: st.just(f"SECRET{name}") for name in names},
    )
    hidden = st.builds(
        CheckResult,
        st.just("test_a"),
        st.just("any batch"),
        st.sampled_from(Outcome),
        hidden=st.just(True),
        finding=findings,
    )
    checks = st.lists(hidden | reports.checks, min_size=1, max_size=4).map(tuple)
    questions = st.builds(QuestionResult, st.just("q1"), st.just("t"), st.just(9.0), checks)
    return st.builds(Report, st.just("a"), st.just("t"), questions.map(lambda q: (q,)))


@quick
@given(secret_reports(), st.booleans(), st.booleans())
def test_hidden_checks_keep_their_secrets(report: Report, verbose: bool, published: bool) -> None:
    shown = (
        terminal(report, verbose=verbose, width=100),
        terminal(report, verbose=verbose, color=True, unicode=False),
        html(report),
        to_json(report),
        json.dumps(gradescope(report, published=published)),
    )
    for text in shown:
        assert "SECRET" not in text


def test_the_same_evidence_is_shown_when_the_check_is_public() -> None:
    """Without this, a renderer that shows nothing would keep every secret."""
    names = [f.name for f in fields(Finding) if f.name not in ("kind", "exception")]
    finding = Finding("raised", **{name: f"SECRET-{name}" for name in names})
    check = CheckResult("test_a", "any batch", Outcome.FAILED, finding=finding)
    report = Report("a", "t", (QuestionResult("q1", "t", 9.0, (check,)),))
    results = json.dumps(gradescope(report))
    for text in (terminal(report, verbose=True), html(report), to_json(report), results):
        assert [name for name in names if f"SECRET-{name}" not in text] == []


@pytest.mark.parametrize(
    ("exception", "shown"),
    [
        ("ValueError", "your code raised ValueError"),
        ("Batch_3_1_0_4", "your code raised an exception"),
        ("print", "your code raised an exception"),
        ("", "your code raised an exception"),
    ],
)
def test_a_students_class_name_carries_nothing_out(exception: str, shown: str) -> None:
    finding = replace(reports.RAISED, exception=exception)
    check = CheckResult("test_a", "any batch", Outcome.FAILED, hidden=True, finding=finding)
    report = Report("a", "t", (QuestionResult("q1", "t", 9.0, (check,)),))
    seen = visible(report).checks[0].finding
    assert seen == Finding("raised", shown)


def test_a_cut_text_is_not_cut_again() -> None:
    from autograder.report import clean

    once = clean("a" * 50_000)
    finding = replace(reports.WRONG_VALUE, output=once)
    check = CheckResult("test_a", "any batch", Outcome.FAILED, finding=finding)
    report = Report("a", "t", (QuestionResult("q1", "t", 9.0, (check,)),))
    assert visible(report).checks[0].finding == finding
