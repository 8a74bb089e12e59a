"""The words of the terminal: what is said to whom, and the exact next command."""

from __future__ import annotations

import io
import subprocess
import sys
from dataclasses import replace

import pytest
import show_reports as reports
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from autograder.report import CheckResult, Finding, Outcome, QuestionResult, Report
from autograder.show import words
from autograder.show.layout import cells, shorten, wrap
from autograder.show.screen import Screen, screen
from autograder.show.terminal import terminal

PASSED = CheckResult("test_a", "a", Outcome.PASSED)


def report(*checks: CheckResult, left: int = 0, needs: tuple[str, ...] = ()) -> Report:
    question = QuestionResult("q3", "bn_train", 30, checks, needs)
    return Report("bn_matrix", "BN", (question,), hidden_left=left)


def failed(kind: str, where: str = "", hidden: bool = False) -> CheckResult:
    finding = Finding(kind, "seen", where=where)
    return CheckResult("test_b", "b", Outcome.FAILED, hidden=hidden, finding=finding)


def ended(outcome: str, kind: str = "", message: str = "needs torch") -> CheckResult:
    return CheckResult("test_c", "c", Outcome(outcome), finding=Finding(kind or outcome, message))


def last(shown: str) -> str:
    return shown.rstrip("\n").split("\n")[-1]


@pytest.mark.parametrize(
    ("given_report", "line"),
    [
        (report(failed("value", "bn.py:31 f")), "next: edit bn.py:31, then  CMD -q q3"),
        (report(failed("missing")), "next: fix q3, then  CMD -q q3"),
        (report(failed("value", "bn.py:31 f", hidden=True)), "next: fix q3, then  CMD -q q3"),
        (report(ended("waiting"), needs=("q1",)), "next: finish q1 first, then  CMD -q q3"),
        (
            report(PASSED, ended("error")),
            "next: tell the course staff that check 2 of q3 broke in our grader (exit 4, not your "
            "fault)",
        ),
        (
            report(PASSED, ended("error", "judge")),
            "next: nothing to change: a person will look at 1 answer",
        ),
        (
            report(PASSED, ended("skipped"), left=2),
            "next: every check that can run here passes; 1 could not (needs torch)",
        ),
        (
            report(PASSED, left=1),
            "next: hand it in: every public check passes, 1 hidden check runs on submission",
        ),
        (report(PASSED), "next: nothing left to do: every check passes"),
        (
            report(PASSED, replace(PASSED, hidden=True)),
            "next: nothing left to do: every check passes, the hidden one too",
        ),
        (report(), "next: no check ran, so nothing is known yet"),
    ],
)
def test_last_line_is_the_next_step(given_report: Report, line: str) -> None:
    assert last(terminal(given_report, command="CMD", width=120)) == line


def test_one_question_alone_leads_back_to_all_of_them() -> None:
    shown = terminal(report(PASSED, left=2), command="CMD", partial=True)
    assert last(shown) == "next: q3 passes what is public; now every question:  CMD"
    assert "Score 30 / 30 for q3 (public checks; 2 hidden checks run on submission)" in shown
    assert "every" not in shown.replace("every question", "")


def test_one_question_alone_with_a_skip_is_not_called_done() -> None:
    shown = terminal(report(PASSED, ended("skipped")), command="CMD", partial=True)
    assert "done" not in shown


def test_a_command_stays_in_one_piece_on_a_narrow_console() -> None:
    command = "python grade.py bn_matrix '/home/me/a very long folder name/that/goes on/bn.py'"
    shown = terminal(report(failed("value", "bn.py:31 f")), command=command, width=60)
    assert last(shown) == f"  {command} -q q3"


def test_a_path_stays_in_one_piece() -> None:
    path = "a/" * 40 + "bn.py:31"
    shown = terminal(report(failed("value", f"{path} f")), command="CMD", width=60)
    assert f"your code: {path}" in shown
    assert f"  {path},\n" in shown


@pytest.mark.parametrize(
    ("checks", "said"),
    [
        ((PASSED,), ""),
        ((PASSED, failed("value")), "1 of 2 checks passed"),
        ((failed("value"),), "0 of 1 check passed"),
        ((failed("unwritten"), failed("unwritten")), "not written yet"),
        ((failed("unwritten"), PASSED), "1 of 2 checks passed"),
        ((failed("unwritten"), ended("skipped")), "0 of 2 checks passed"),
        ((ended("error"), PASSED), "our fault, not yours"),
        ((ended("error"), failed("value")), "0 of 2 checks passed, 1 broke: our fault"),
        ((ended("error", "judge"), PASSED), "a person will look at it"),
        ((ended("waiting"), PASSED), "waits for q1 and q2"),
        ((ended("skipped"),), "skipped: needs torch"),
        ((ended("skipped"), PASSED), "1 of 2 skipped: needs torch"),
        ((replace(PASSED, outcome=Outcome.SKIPPED),), "skipped: not checked on this machine"),
        ((), "no check ran"),
    ],
)
def test_note_beside_the_points(checks: tuple[CheckResult, ...], said: str) -> None:
    whole = report(*checks, needs=("q1", "q2"))
    assert words.note(whole.questions[0], whole) == said


def test_waits_only_for_what_was_lost() -> None:
    lost = QuestionResult("q1", "", 1, (failed("value"),))
    done = QuestionResult("q2", "", 1, (PASSED,))
    last_one = QuestionResult("q3", "", 1, (ended("waiting"),), needs=("q1", "q2"))
    whole = Report("a", "", (lost, done, last_one))
    assert words.note(last_one, whole) == "waits for q1"


@pytest.mark.parametrize(
    ("value", "text"),
    [(8, "8"), (7.5, "7.5"), (3.33, "3.33"), (0.0, "0"), (100.0, "100"), (1e6, "1000000")],
)
def test_points_have_no_trailing_zeros(value: float, text: str) -> None:
    assert words.points(value) == text


@pytest.mark.parametrize(
    ("where", "split"),
    [
        ("bn.py:31 bn_train", ("bn.py:31", "bn_train")),
        ("my file.py:3 <module>", ("my file.py:3", "<module>")),
        ("C:\\a\\bn.py:31 f", ("C:\\a\\bn.py:31", "f")),
        ("bn.py", ("bn.py", "")),
        ("", ("", "")),
    ],
)
def test_place(where: str, split: tuple[str, str]) -> None:
    assert words.place(where) == split


def test_what_is_not_decided_is_counted() -> None:
    assert words.undecided(reports.error()) == 22.5
    assert words.undecided(reports.failing()) == 7.5
    assert words.undecided(reports.green()) == 0


def test_traceback_only_where_it_helps() -> None:
    raised = CheckResult("test_b", "b", Outcome.FAILED, finding=reports.RAISED)
    value = replace(raised, finding=replace(reports.RAISED, kind="value"))
    assert "return dz / gamma" in terminal(report(raised))
    assert "return dz / gamma" not in terminal(report(value))
    assert "return dz / gamma" in terminal(report(value), verbose=True)


def test_long_values_are_cut_until_asked_for() -> None:
    check = CheckResult("test_b", "b", Outcome.FAILED, finding=reports.LONG_VALUE)
    assert "... 9 more lines, see -v" in terminal(report(check))
    assert "row 15" not in terminal(report(check))
    assert "row 15" in terminal(report(check), verbose=True)


def test_many_notes_are_counted() -> None:
    noted = replace(report(PASSED), notes=tuple(f"file {i} was left out" for i in range(6)))
    assert "note: 3 more notes (-v shows all)" in terminal(noted)
    assert "file 5" in terminal(noted, verbose=True)


@given(st.text("ab 漢e\u0301\n", max_size=300), st.integers(10, 40))
def test_wrap_keeps_every_letter_and_the_width(text: str, width: int) -> None:
    rows = wrap(text, width, "  ")
    assert "".join("".join(rows).split()) == "".join(text.split())
    assert all(cell_len(row) <= width for row in rows)


@given(st.text("ab 漢\n", max_size=100), st.integers(10, 40))
def test_wrap_leaves_words_whole_when_asked(text: str, width: int) -> None:
    assert "\n".join(wrap(text, width, cut=False)).split() == text.split()


@given(st.text("ab 漢", max_size=60), st.integers(5, 40), st.booleans())
def test_shorten_fits(text: str, width: int, unicode: bool) -> None:
    short = shorten(text, width, Screen(unicode=unicode))
    assert cells(short) <= width
    assert short == text or short.endswith("…" if unicode else "...")


class Stream(io.StringIO):
    def __init__(self, encoding: str | None, tty: bool) -> None:
        super().__init__()
        self.said = encoding, tty

    @property
    def encoding(self) -> str | None:  # type: ignore[override]
        return self.said[0]

    def isatty(self) -> bool:
        return self.said[1]


@pytest.mark.parametrize(
    ("encoding", "tty", "environ", "wanted"),
    [
        ("utf-8", True, {}, Screen(80, True, True)),
        ("utf-8", False, {}, Screen(80, False, True)),
        ("utf-8", True, {"NO_COLOR": "1"}, Screen(80, False, True)),
        ("utf-8", True, {"NO_COLOR": ""}, Screen(80, True, True)),
        ("utf-8", True, {"NO_COLOR": "1", "FORCE_COLOR": "1"}, Screen(80, False, True)),
        ("utf-8", False, {"FORCE_COLOR": "1"}, Screen(80, True, True)),
        ("utf-8", True, {"TERM": "dumb"}, Screen(80, False, True)),
        ("cp1252", True, {}, Screen(80, True, False)),
        ("ascii", False, {"COLUMNS": "60"}, Screen(60, False, False)),
        ("no-such-code", False, {"COLUMNS": "9"}, Screen(40, False, False)),
        (None, False, {"COLUMNS": "wide"}, Screen(80, False, False)),
        ("utf-8", False, {"COLUMNS": "400"}, Screen(100, False, True)),
    ],
)
def test_screen(encoding: str | None, tty: bool, environ: dict[str, str], wanted: Screen) -> None:
    assert screen(Stream(encoding, tty), {"TERM": "xterm", **environ}) == wanted


def test_rendering_to_a_terminal_imports_little() -> None:
    code = (
        "import sys, autograder.show.terminal, autograder.show.data, autograder.show.gradescope;"
        "print(sorted({'numpy', 'rich', 'jinja2', 'sympy', 'torch', 'pytest'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
