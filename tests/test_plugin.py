"""The same grader file gives the same outcomes under pytest as with the runner."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass
from pathlib import Path

import pytest

from autograder.assignment import load
from autograder.checks.pytest_plugin import root_of
from autograder.grading import grade
from autograder.report import Report
from autograder.submission import open_submission

COURSE = Path(__file__).with_name("samples") / "course"
GOOD = (COURSE / "solutions/small/small.py").read_text()


@dataclass(frozen=True)
class Ran:
    """What pytest made of a run: outcomes and texts by check, its exit code and its words."""

    outcomes: dict[str, str]
    texts: dict[str, str]
    code: int
    output: str


@pytest.fixture
def course(tmp_path: Path) -> Path:
    shutil.copytree(COURSE, tmp_path / "course")
    return tmp_path / "course"


def ran(folder: Path, *arguments: str, typed: str = "", **environment: str) -> Ran:
    """Run pytest in a process of its own and read its report file."""
    report = folder / "report.xml"
    command = [sys.executable, "-m", "pytest", "--strict-markers", "-p", "no:cacheprovider"]
    done = subprocess.run(
        [*command, f"--junitxml={report}", *arguments],
        cwd=folder,
        input=typed,
        capture_output=True,
        text=True,
        env={**os.environ, **environment},
        timeout=60,
    )
    outcomes, texts = {}, {}
    for case in ElementTree.parse(report).iter("testcase"):
        if "name" not in case.attrib:
            continue  # a check that was cut short
        outcomes[case.attrib["name"]], texts[case.attrib["name"]] = read(case)
    return Ran(outcomes, texts, done.returncode, done.stdout + done.stderr)


def read(case: ElementTree.Element) -> tuple[str, str]:
    ours = any(p.attrib["value"] == "True" for p in case.iter("property"))
    for tag, outcome in (("failure", "failed"), ("skipped", "skipped"), ("error", "refused")):
        if (part := case.find(tag)) is not None:
            said = f"{part.attrib.get('message', '')} {part.text}"
            return "error" if ours else outcome, said
    return "passed", ""


def with_runner(course: Path, path: Path, into: Path) -> Report:
    assignment = load("small", course)
    return grade(assignment, open_submission(path, assignment, into))


LIAR = "class Liar(float):\n    def __eq__(self, other): return True\n    __hash__ = None\n"

SUBMISSIONS = {
    "the reference": GOOD,
    "the skeleton": (COURSE / "assignments/small/small.py").read_text(),
    "a wrong axis": GOOD.replace("np.mean(x, axis=0)", "np.mean(x, axis=1)"),
    "a wrong property": GOOD.replace("keepdims=True)", "keepdims=True) * (x.size < 9)"),
    "a wrong hidden answer": GOOD.replace("width * width * channels", "width * width"),
    "an exception": GOOD + "def normalise(x):\n    return {}[x.size]\n",
    "a syntax error": GOOD + "def f(:\n",
    "missing names": GOOD + "del means, count\n",
    "junk": GOOD + "def means(x): return {'a': x}\ndef normalise(x): return None\ncount = 3\n",
    "a liar": GOOD + LIAR + "def count(*_): return Liar(1.0)\n",
    "sys.exit": GOOD + "import sys\ndef means(x): sys.exit(0)\n",
    "a fickle answer": GOOD + "N = [0]\ndef normalise(x):\n    N[0] += 1\n    return x * N[0]\n",
}


@pytest.mark.parametrize("name", SUBMISSIONS)
def test_both_runners_agree(course: Path, tmp_path: Path, name: str) -> None:
    work = tmp_path / "work"
    work.mkdir()
    (work / "small.py").write_text(SUBMISSIONS[name])
    report = with_runner(course, work, tmp_path / "clean")
    under = ran(course, f"--submission={work}", "assignments/small", "solutions/small")
    assert under.outcomes == {c.name: c.outcome.value for c in report.checks}
    for check in report.checks:
        if check.finding is not None and "fickle" not in name:
            assert check.finding.message.split("\n")[0] in under.texts[check.name]
            assert check.finding.hint in under.texts[check.name]
            assert check.finding.inputs in under.texts[check.name]
    assert under.code == (0 if report.earned == 100 else 1), under.output
    assert "autograder" not in "".join(under.texts.values())


def test_your_own_folder_is_graded_where_it_is(course: Path) -> None:
    file = course / "assignments/small/small.py"
    file.write_text(GOOD.replace("width * width", "width + width"))
    under = ran(course, "assignments/small")
    assert list(under.outcomes.values()) == ["passed", "passed", "failed"]
    text = under.texts["test_a_kernel_has_width_times_width_weights"]
    assert "count is 6, 9 was wanted" in text and "count(3, 1)" in text
    assert "your code  small.py:" in text and "put breakpoint() at small.py:" in text


def test_the_solution_is_graded_in_its_own_folder(course: Path) -> None:
    assert set(ran(course, "solutions/small").outcomes.values()) == {"passed"}


def test_two_assignments_with_the_same_names_do_not_clash(course: Path) -> None:
    for name in ("small", "other"):
        shutil.copy(course / f"solutions/{name}/small.py", course / f"assignments/{name}")
    under = ran(course, "assignments", "solutions")
    assert under.code == 0 and "7 passed" in under.output


def test_an_unpacked_folder_of_one_assignment_works_from_inside(course: Path) -> None:
    shutil.rmtree(course / "solutions")
    folder = course / "assignments/small"
    (folder / "small.py").write_text(GOOD)
    (folder / "conftest.py").write_text("")
    (folder / "numpy.py").write_text("raise SystemExit('shadow')\n")
    under = ran(course, "assignments/small", "-o", "addopts=")
    assert under.code == 0 and len(under.outcomes) == 3


@pytest.mark.parametrize("kind", ["file", "zip"])
def test_a_submission_may_be_a_file_or_a_zip(course: Path, tmp_path: Path, kind: str) -> None:
    (tmp_path / "hand" / "in").mkdir(parents=True)
    path = tmp_path / "hand" / "in" / "small.py"
    path.write_text(GOOD)
    if kind == "zip":
        path = Path(shutil.make_archive(str(tmp_path / "in"), "zip", tmp_path / "hand"))
    under = ran(course, "--submission", str(path), "assignments/small")
    assert set(under.outcomes.values()) == {"passed"}, under.output


def test_a_submission_that_cannot_be_graded_fails_every_check(course: Path) -> None:
    under = ran(course, "--submission", "nowhere", "assignments/small")
    assert list(under.outcomes.values()) == ["failed"] * 3
    assert "nowhere" in under.texts["test_each_row_sums_to_one"]


def test_questions_are_markers(course: Path) -> None:
    under = ran(course, "-m", "q2 or q3", "assignments/small")
    assert list(under.outcomes) == [
        "test_each_row_sums_to_one",
        "test_a_kernel_has_width_times_width_weights",
    ]
    listed = ran(course, "--collect-only", "-m", "not q1", "assignments").output
    assert "2/4 tests collected" in listed


def test_one_check_can_be_named(course: Path) -> None:
    under = ran(course, "assignments/small/test_public.py::test_each_row_sums_to_one")
    assert list(under.outcomes) == ["test_each_row_sums_to_one"]


BROKEN = """
from autograder.checks import cannot_judge, expect, question, skip


@question("q1")
def test_ours(student):
    \"\"\"the grader is right\"\"\"
    {}["no such key"]


@question("q2")
def test_person(student):
    \"\"\"a person has to look\"\"\"
    cannot_judge("it is neither right nor wrong")


@question("q3")
def test_elsewhere(student):
    \"\"\"a GPU is here\"\"\"
    skip("needs a GPU")


@question("q3")
def test_plain(student):
    \"\"\"an assert is enough\"\"\"
    assert student.count(1, 1) == 2, "count of one weight"
"""


def test_a_grader_that_breaks_is_told_from_a_wrong_answer(course: Path, tmp_path: Path) -> None:
    (course / "assignments/small/test_public.py").write_text(BROKEN)
    (course / "assignments/small/small.py").write_text(GOOD)
    shutil.rmtree(course / "solutions/small")
    under = ran(course, "assignments/small", "-rA")
    assert list(under.outcomes.values()) == ["error", "error", "skipped", "failed"]
    report = with_runner(course, course / "assignments/small", tmp_path / "clean")
    assert [c.outcome.value for c in report.checks] == list(under.outcomes.values())
    assert "1 failed, 1 skipped, 2 errors" in under.output
    assert "not your fault" in under.texts["test_ours"] and "KeyError" in under.texts["test_ours"]
    assert "a person has to look" in under.texts["test_person"]
    assert "needs a GPU" in under.texts["test_elsewhere"]
    assert "count of one weight" in under.texts["test_plain"]


@pytest.mark.parametrize("text", ["import nowhere\n", "def test_x(student):\n    pass\n"])
def test_a_grader_file_that_cannot_be_used_is_an_error(course: Path, text: str) -> None:
    (course / "assignments/small/test_public.py").write_text(text)
    under = ran(course, "assignments/small")
    assert under.code == 2 and "The grader cannot be used" in under.output


def test_breakpoint_stops_in_the_students_code(course: Path) -> None:
    file = course / "assignments/small/small.py"
    file.write_text(GOOD.replace("return width", "breakpoint()\n    return width"))
    check = "assignments/small/test_public.py::test_a_kernel_has_width_times_width_weights"
    under = ran(course, check, typed="p 'width', width\nw\nc\n")
    assert "('width', 3)" in under.output and str(file) in under.output
    assert list(under.outcomes.values()) == ["passed"]


def test_leaving_the_debugger_ends_the_run(course: Path) -> None:
    file = course / "assignments/small/small.py"
    file.write_text(GOOD.replace("return x /", "breakpoint()\n    return x /"))
    under = ran(course, "assignments/small", typed="q\n" * 50)
    assert under.code == 2 and "Quitting debugger" in under.output
    assert under.output.count("(Pdb)") == 1


def test_ctrl_c_ends_the_run(course: Path) -> None:
    file = course / "assignments/small/small.py"
    file.write_text(
        GOOD + "def count(*_):\n    import os, signal, time\n"
        "    os.kill(os.getpid(), signal.SIGINT); time.sleep(5)\n"
    )
    under = ran(course, "assignments/small")
    assert under.code == 2 and "KeyboardInterrupt" in under.output


PROBE = """
import sys

def test_public_is_mine():
    assert "autograder.wall.proxy" not in sys.modules
    assert "autograder.grading" not in sys.modules
    assert "sympy" not in sys.modules and "openpyxl" not in sys.modules

def test_fixture(tmp_path):
    assert tmp_path.exists()
"""


@pytest.mark.parametrize("place", ["", "assignments/mine", "solutions/mine", "other/small"])
def test_other_test_files_are_left_to_pytest(tmp_path: Path, place: str) -> None:
    folder = tmp_path / place
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("test_public.py", "test_hidden.py"):
        (folder / name).write_text(PROBE)
        under = ran(tmp_path, "-p", "no:hypothesispytest", str(folder / name))
        assert under.outcomes == {"test_public_is_mine": "passed", "test_fixture": "passed"}


def test_only_a_grader_file_of_a_course_is_taken_over() -> None:
    assert root_of(COURSE / "assignments/small/test_public.py") == COURSE
    assert root_of(COURSE / "solutions/small/test_hidden.py") == COURSE
    assert root_of(COURSE / "assignments/small/test_hidden.py") is None
    assert root_of(COURSE / "solutions/small/test_public.py") is None
    assert root_of(COURSE / "assignments/small/small.py") is None
    assert root_of(COURSE / "assignments/nowhere/test_public.py") is None
