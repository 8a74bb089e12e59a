"""Otter's own machinery runs the checks on a notebook's names, with the scores of `grade`."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.assignment import Training, load
from autograder.checks.question import Mark
from autograder.checks.run import Check
from autograder.checks.shelf import reaches
from autograder.door.cells import around
from autograder.grading import grade
from autograder.release.members import lay
from autograder.release.otter import cases, otter_tests, share, written
from autograder.submission import open_submission
from autograder.wall.failure import StudentFailure

pytest.importorskip("otter")
ROOT = Path(__file__).resolve().parents[1]
COURSE = Path(__file__).with_name("samples") / "course"
GOOD = (COURSE / "solutions/small/small.py").read_text()
HIDDEN = (COURSE / "solutions/small/test_hidden.py").read_text()
SKELETON = (COURSE / "assignments/small/small.py").read_text()
OURS = ("autograder", "session.py", "carry_out", "door", "fromnumeric.py", "_methods.py")
quiet = settings(derandomize=True, deadline=None, database=None)


def given_out(root: Path, *, hidden: str = "", grader: str = "", manifest: str = "") -> Path:
    """Write the small assignment with its otter tests below `root`; return its folder."""
    shutil.copytree(COURSE, root)
    folder = root / "assignments/small"
    if hidden:
        (root / "solutions/small/test_hidden.py").write_text(hidden)
    if grader:
        (folder / "test_public.py").write_text(grader)
    if manifest:
        (folder / "assignment.toml").write_text(manifest)
    lay(otter_tests(load("small", root), hidden=bool(hidden)), folder)
    if not hidden:
        shutil.rmtree(root / "solutions")
    return folder


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    made = given_out(tmp_path / "course")
    monkeypatch.chdir(made)
    return made


def ran(folder: Path, question: str, code: str) -> Any:
    """Run a question's test file, as otter reads it, on the names that `code` defines."""
    from otter.test_files import create_test_file

    env: dict[str, Any] = {"__name__": "notebook"}
    exec(compile(code, "cell", "exec"), env)
    file = create_test_file(str(folder / f"tests/{question}.py"), None)
    file.run(env)
    return file


def scores(folder: Path, code: str) -> dict[str, float]:
    files = sorted((folder / "tests").glob("*.py"))
    return {f.stem: round(float(ran(folder, f.stem, code).score), 2) for f in files}


def with_grade(folder: Path, code: str, into: Path) -> dict[str, float]:
    """Return what `grade` gives for the same code, by question."""
    work = into / "work"
    work.mkdir(parents=True)
    (work / "small.py").write_text(code)
    assignment = load("small", folder.parents[1])
    report = grade(assignment, open_submission(work, assignment, into / "clean"))
    return {q.id: q.earned for q in report.questions}


# ---------------------------------------------------------------- otter itself


def book(folder: Path, code: str) -> None:
    """Write a notebook as the release has it: one cell of code, one that asks for q1."""
    import nbformat

    new = nbformat.v4.new_code_cell
    told = ["import otter\ngrader = otter.Notebook()", code, "grader.check('q1')"]
    made = nbformat.v4.new_notebook(cells=[new(source) for source in told])
    nbformat.write(made, folder / "small.ipynb")


def otter_check(folder: Path) -> str:
    command = [sys.executable, "-c", "from otter.cli import cli; cli()", "check", "small.ipynb"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.slow
def test_otter_check_passes_what_is_right(folder: Path) -> None:
    book(folder, GOOD)
    assert "All tests passed!" in otter_check(folder)


def test_otter_check_says_what_is_wrong_with_our_hint_and_the_cell(folder: Path) -> None:
    wrong = GOOD.replace("np.mean(x, axis=0)", "np.mean(x, axis=1)")
    book(folder, wrong + "def count(width, channels):\n    return {}[width]\n")
    said = otter_check(folder)
    assert "NotPassed: " in said and "hint       take the mean over axis 0" in said
    assert "q2 results: All test cases passed!" in said
    assert "raised KeyError: 3" in said and "In[3]:26 in count\n" in said
    assert "return {}[width]" in said and "called     count(3, 1)" in said
    assert not [word for word in OURS if word in said], said


PLAIN = """
import json, otter, sys
exec(open("assignments/small/small.py" if sys.argv[2:] else "small.py").read())
file = otter.Notebook(tests_dir=sys.argv[1]).check("q1")
print(json.dumps([file.score, file.possible, repr(file)]))
"""


@pytest.mark.parametrize("below", [True, False])
def test_a_plain_process_checks_from_the_course_folder_too(folder: Path, below: bool) -> None:
    """As in a kernel that was started in the folder of the assignment, or above it."""
    (folder / "small.py").write_text(GOOD)
    where = ["tests"] if below else ["assignments/small/tests", "above"]
    command = [sys.executable, "-c", PLAIN, *where]
    start = folder if below else folder.parents[1]
    done = subprocess.run(command, cwd=start, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.splitlines()[-1])[:2] == [30, 30]


# ---------------------------------------------------------------- graders for a test

HEAD = """from autograder.checks import CheckFailed, cannot_judge, expect, question, skip
from autograder.report import Finding

PART = 0.25
"""
CALL = 'expect(student.count(5, 7), "count").close(245)'


def check(question: str, name: str, body: str) -> str:
    title = f'"""{name}"""'
    return f'\n\n@question("{question}")\ndef test_{name}(student):\n    {title}\n    {body}\n'


def course_of(root: Path, *checks: str, manifest: str = "") -> Path:
    return given_out(root, grader=HEAD + "".join(checks), manifest=manifest)


# ---------------------------------------------------------------- the same scores

SUBMISSIONS = {
    "the reference": GOOD,
    "the skeleton": SKELETON,
    "a wrong axis": GOOD.replace("axis=0", "axis=1"),
    "a wrong property": GOOD.replace("keepdims=True)", "keepdims=True) * (x.size < 9)"),
    "missing names": GOOD + "del means, count\n",
    "junk": GOOD + "def means(x): return {'a': x}\ndef normalise(x): return None\ncount = 3\n",
    "sys.exit": GOOD + "import sys\ndef means(x): sys.exit(0)\n",
    "no Exception": GOOD + "class E(BaseException): pass\ndef means(x): raise E('x')\n",
    "a generator's end": GOOD + "def count(*_): raise GeneratorExit\n",
}


@pytest.mark.parametrize("name", SUBMISSIONS)
def test_otter_gives_what_grade_gives(folder: Path, tmp_path: Path, name: str) -> None:
    code = SUBMISSIONS[name]
    assert scores(folder, code) == with_grade(folder, code, tmp_path)


@pytest.mark.parametrize("name", ["the reference", "the skeleton", "a wrong axis"])
def test_with_hidden_checks_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.chdir(folder := given_out(tmp_path / "course", hidden=HIDDEN))
    code = SUBMISSIONS[name]
    assert scores(folder, code) == with_grade(folder, code, tmp_path)


# ---------------------------------------------------------------- what a student reads


def said(folder: Path, question: str, more: str) -> str:
    text = str(ran(folder, question, GOOD + more).summary())
    assert not [word for word in OURS if word in text], text
    return text


SAYS = {
    "exit": ("import sys\ndef count(*_): sys.exit(0)\n", "your code asked the whole program to"),
    "missing": ("del count\n", "the notebook has no count; it has"),
    "near": ("counts = count\ndel count\n", "the notebook has no count; it has counts"),
    "last quote": ("def count(*_): raise ValueError(\"'a'\")\n", "   ValueError: 'a'"),
    "tag": ("def count(*_): raise ValueError('<b>')\n", "ValueError: \u2039b>"),
    "library": ("def count(*_): return np.mean(['a'])\n", "your code  cell:"),
}


@pytest.mark.parametrize("name", SAYS)
def test_a_failed_case_says(folder: Path, name: str) -> None:
    more, wanted = SAYS[name]
    assert wanted in said(folder, "q3", more)


def test_names_that_the_shell_put_there_are_not_the_students() -> None:
    shell = SimpleNamespace(user_ns_hidden={"In": (inputs := []), "quit": print})
    env = {"In": inputs, "quit": GOOD, "z": 1, "get_ipython": lambda: shell}
    with pytest.raises(StudentFailure, match="the notebook has no xyzzy; it has") as failure:
        around(env).get(0, "xyzzy")
    assert "In," not in str(failure.value)
    assert around(env).get(0, "quit") == GOOD


def test_the_line_that_failed_is_one_that_can_be_read(folder: Path) -> None:
    text = said(folder, "q3", "def count(*_): return 1\n")
    assert "checks.run('test_a_kernel_has_width_times_width_weights', env)" in text


def test_who_interrupts_a_question_is_done_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    checks = [check("q1", "first", CALL), check("q1", "second", ""), check("q2", "third", "")]
    monkeypatch.chdir(folder := course_of(tmp_path / "course", *checks))
    code = "def count(*_):\n    raise KeyboardInterrupt\n"
    stopped = ran(folder, "q1", code).test_case_results
    assert [r.passed for r in stopped] == [False, False]
    assert all("NotPassed: stopped before its end" in r.message for r in stopped)
    assert ran(folder, "q2", code).score == 40


ENDINGS = {
    "skipped": (
        'skip("no GPU is here")',
        "NotChecked: not checked on this machine: no GPU is here",
    ),
    "undecided": ('cannot_judge("two ways")', "NotChecked: a person has to look: two ways"),
    "broken": ("1 / 0", "GraderBroke: The grader broke; this is not your fault."),
    "leaving": ("raise SystemExit", "GraderBroke: The grader broke; this is not your fault."),
}


@pytest.mark.parametrize("name", ENDINGS)
def test_what_is_not_the_students_fault_is_called_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    body, wanted = ENDINGS[name]
    monkeypatch.chdir(folder := course_of(tmp_path / "course", check("q1", "one", body)))
    file = ran(folder, "q1", GOOD)
    assert file.score == 0 and file.possible == 30
    assert wanted in file.summary() and "NotPassed" not in file.summary()


def test_without_the_assignment_the_way_to_it_is_said(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    text = ran(folder, "q1", GOOD).summary()
    assert "NotChecked: not checked on this machine: there is no folder assignments/small" in text
    assert "Open the notebook in assignments/small" in text


def test_tests_of_another_version_are_named(folder: Path) -> None:
    grader = folder / "test_public.py"
    grader.write_text(grader.read_text().replace("test_means_are", "test_means_be"))
    text = ran(folder, "q1", GOOD).summary()
    assert "GraderBroke" in text and "tests are of another version" in text


# ---------------------------------------------------------------- hidden checks


@pytest.mark.parametrize("body", [CALL, 'raise ValueError(f"at {student.count(5, 7)} of 245")'])
def test_a_hidden_case_shows_its_title_and_no_value(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any, body: str
) -> None:
    hidden = HEAD + check("q1", "one", body)
    monkeypatch.chdir(folder := given_out(tmp_path / "course", hidden=hidden))
    code = GOOD + "def count(*sizes):\n    print(sizes)\n    return 987\n"
    file = ran(folder, "q1", code)
    assert [case.hidden for case in file.test_cases] == [False, True]
    assert [r.passed for r in file.test_case_results] == [True, False]
    message = file.test_case_results[1].message
    assert message.count("not your fault") <= 1
    said = message + capsys.readouterr().out
    assert not [secret for secret in ("5, 7", "245", "987", "called  ") if secret in said], said


def test_hidden_cases_without_the_solutions_are_not_checked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder := given_out(tmp_path / "course", hidden=HIDDEN))
    shutil.rmtree(tmp_path / "course/solutions")
    file = ran(folder, "q1", GOOD)
    assert [r.passed for r in file.test_case_results] == [True, False]
    assert "not checked on this machine: the solution of small is not here" in file.summary()


NAMES = sorted(path.parent.name for path in ROOT.glob("assignments/*/assignment.toml"))


@pytest.mark.parametrize("name", NAMES)
def test_what_students_get_tells_of_no_hidden_check(name: str) -> None:
    from otter.test_files.exception_test import ExceptionTestFile

    assignment = load(name, ROOT)
    members = otter_tests(assignment)
    assert members == otter_tests(assignment)
    points = {q.id: q.points for q in assignment.questions}
    public = (assignment.folder / "test_public.py").read_text()
    for member in members:
        text = member.data.decode("ascii")
        assert "hidden=" not in text
        file = ExceptionTestFile.from_string(text)
        assert member.path == f"tests/{file.name}.py"
        assert sum(case.points for case in file.test_cases) == points[file.name]
        asked = [line.split("'")[1] for line in text.splitlines() if "checks.run(" in line]
        assert asked and all(f"def {function}(" in public for function in asked)


# ---------------------------------------------------------------- parts

TIERS = """got = student.count(1, 1)
    if got < 3:
        raise CheckFailed(Finding("value", f"{got} is short"), share=(0.0, PART, 2 / 3)[got])"""
MANIFEST = (COURSE / "assignments/small/assignment.toml").read_text()
NEEDS = MANIFEST.replace('title = "normalised rows"', 'title = "rows"\nneeds = ["q1"]')


@pytest.mark.parametrize("got", range(4))
def test_a_part_of_a_check_earns_its_share(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any, got: int
) -> None:
    checks = check("q2", "tiers", TIERS), check("q2", "other", CALL)
    monkeypatch.chdir(folder := course_of(tmp_path / "course", *checks))
    code = f"def count(*_):\n    print('asked')\n    return {got}\n"
    file = ran(folder, "q2", code)
    assert [case.points for case in file.test_cases] == pytest.approx([5, 25 / 3, 20 / 3, 20])
    assert capsys.readouterr().out.count("asked") == 2, "parts are decided by one run"
    assert [r.passed for r in file.test_case_results[:3]] == [got >= n for n in (1, 2, 3)]
    assert round(file.score, 2) == with_grade(folder, code, tmp_path)["q2"]
    file.run({"count": lambda *_: 3 - got})
    assert [r.passed for r in file.test_case_results[:3]] == [3 - got >= n for n in (1, 2, 3)]


@pytest.mark.parametrize("first", ["True", "False"])
def test_a_part_is_lost_with_the_question_it_builds_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, first: str
) -> None:
    checks = check("q1", "one", "assert student.FIRST"), check("q2", "tiers", TIERS)
    monkeypatch.chdir(folder := course_of(tmp_path / "course", *checks, manifest=NEEDS))
    code = f"FIRST = {first}\ndef count(*_): return 2\n"
    assert scores(folder, code) | {"q3": 0} == with_grade(folder, code, tmp_path)
    text = ran(folder, "q2", code).summary()
    assert ("first mend q1: this question builds on it" in text) is (first == "False")
    assert "2 is short" in text


def test_tiers_of_a_training_are_cases() -> None:
    training = Training("digits", tiers=(90, 95, 99), shares=(1, 3, 4))
    assert [c.part for c in cases([made(tiered)], 8, training)] == [0.25, 0.75, 1]
    assert [c.points for c in cases([made(tiered)], 8, training)] == [2, 4, 2]
    assert [c.part for c in cases([made(tiered)], 8, None)] == [1]


def tiered(student: Any, budget: Any) -> None:
    """the accuracy is high"""
    reaches(student.accuracy(), budget)


def made(function: Any, title: str = "holds", hidden: bool = False) -> Check:
    return Check(function, Mark("q1"), title, hidden, ("student",), "")


@quiet
@given(
    points=st.integers(1, 10_000).map(lambda n: n / 100),
    weights=st.lists(st.floats(0.01, 20), min_size=1, max_size=12),
)
def test_points_sum_up_again_as_otter_adds_them(points: float, weights: list[float]) -> None:
    exact = [Fraction(w) for w in weights]
    shares = share(points, exact)
    assert sum(shares) == points
    for worth, weight in zip(shares, exact, strict=True):
        assert worth == pytest.approx(float(Fraction(points) * weight / sum(exact)), abs=1e-9)


# ---------------------------------------------------------------- texts


@quiet
@given(title=st.text(min_size=1), assignment=st.text(), question=st.text(), hidden=st.booleans())
def test_any_text_stays_a_text(title: str, assignment: str, question: str, hidden: bool) -> None:
    from otter.test_files.exception_test import ExceptionTestFile

    found = cases([made(tiered, title, hidden)], 7.5, None)
    text = written(assignment, question, found, hidden)
    file = ExceptionTestFile.from_string(text)
    assert text.isascii() and file.name == question
    (case,) = file.test_cases
    assert (case.name, case.points, case.hidden) == (f"{title} (7.5 points)", 7.5, hidden)


def test_quotes_in_a_docstring_reach_the_student(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    grader = check("q1", "one", "assert 0").replace('"""one"""', TITLE)
    monkeypatch.chdir(folder := course_of(tmp_path / "course", grader))
    text = ran(folder, "q1", "").summary()
    assert 'it\'s {a} "b" \u2264 \\n (30 points) result' in text


TITLE = r'''"""it's {a} \"b\" ≤ \\n"""'''

# ---------------------------------------------------------------- torch


@pytest.mark.torch
def test_models_of_a_notebook_are_judged_and_it_keeps_its_threads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    torch = pytest.importorskip("torch")
    assignment = load("lenet", ROOT)
    assert assignment.solution is not None
    folder = tmp_path / "assignments/lenet"
    shutil.copytree(assignment.folder, folder)
    lay(otter_tests(assignment), folder)
    monkeypatch.chdir(folder)
    master = (assignment.solution / assignment.module).read_text()
    before = torch.get_num_threads()
    torch.set_num_threads(3)
    try:
        assert ran(folder, "q1", master).score == 25
        assert torch.get_num_threads() == 3
    finally:
        torch.set_num_threads(before)
    wrong = ran(folder, "q1", master + "\nLeNet.forward = lambda self, x: self.nothing(x)\n")
    assert wrong.score == 0 and not [word for word in OURS if word in wrong.summary()]
