"""The doors to one grader: each gives the score of a submission, question by question.

A door is opened for an assignment and then asked for one folder of work after another. It
stands in a process of its own, which a test starts and which answers a line for each line:

    python tests/doors.py DOOR ROOT NAME      folders on standard input, scores as JSON

What is the same for all submissions is loaded once. Doors that run student code in their own
process (pytest, a notebook) do so in a fork for each.
"""

from __future__ import annotations

import json
import os
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autograder.assignment import Assignment, load
from autograder.report import CheckResult, Outcome

if TYPE_CHECKING:
    from autograder.checks.run import Check

HUNG_SECONDS = 120
PUBLIC, HIDDEN = "test_public", "test_hidden"
# What pytest's plugin notes of a check that did not pass: our own fault, or a part earned.
OURS, SHARE = "graded_descent_error", "graded_descent_share"
STUDENTS, ALL = "public", "all"

# By question; and with the public checks alone, as students have it, or with the hidden ones.
Scores = dict[str, float]
Answer = dict[str, Scores]
Door = Callable[[Assignment], AbstractContextManager[Callable[[Path], Answer]]]


def copied(assignment: Assignment, into: Path) -> Path:
    """Copy one assignment and its solution into a course folder; return the folder."""
    shutil.copytree(assignment.folder, into / "assignments" / assignment.name)
    if assignment.solution is not None:
        left_out = shutil.ignore_patterns("wrong", "right")
        shutil.copytree(assignment.solution, into / "solutions" / assignment.name, ignore=left_out)
    return into


def parts(assignment: Assignment) -> dict[str, Assignment]:
    """Return the assignment as students have it and, where its solution is here, as staff do."""
    views = {STUDENTS: replace(assignment, solution=None), ALL: assignment}
    return views if assignment.solution is not None else {STUDENTS: assignment}


def apart(work: Callable[[], Any]) -> Any:
    """Return what `work` gives in a fork of this process, as JSON carries it.

    Raises RuntimeError when the fork ends without an answer, or hangs.
    """
    answer, tell = os.pipe()
    pid = os.fork()
    if pid == 0:
        with suppress(BaseException):
            nowhere = os.open(os.devnull, os.O_RDWR)
            for stream in (0, 1, 2):
                os.dup2(nowhere, stream)
            said = json.dumps(work()).encode()
            with os.fdopen(tell, "wb") as out:
                out.write(said)
        os._exit(0)
    os.close(tell)
    with os.fdopen(answer, "rb") as back:
        said = back.read() if select.select([back], [], [], HUNG_SECONDS)[0] else b""
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    if not said:
        raise RuntimeError("a fork ended without an answer, or hung")
    return json.loads(said)


def torch_ahead(assignment: Assignment) -> None:
    """Import torch where the assignment needs it: each fork would take seconds for it."""
    if assignment.light:
        return
    from autograder.models.execute import library

    library()
    import torch._dynamo  # noqa: F401 (the first optimiser of a process imports it)


@contextmanager
def by_grade(assignment: Assignment) -> Iterator[Callable[[Path], Answer]]:
    """`python grade.py NAME PATH`: the judge here, the student's code in a worker."""
    from autograder.grading import collect, grade, packages
    from autograder.submission import open_submission
    from autograder.wall.warm import Warm

    checks = collect(assignment)
    with Warm.start(*packages(assignment)) as warm:

        def score(work: Path) -> Answer:
            with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as clean:
                opened = open_submission(work, assignment, Path(clean).resolve() / "work")
                report = grade(assignment, opened, checks=checks, spawn=warm.spawn, anyway=True)
            # Its checks are in the order of the questions; `checks` in that of the files.
            found = {(c.name, c.hidden): c for c in report.checks}
            return folded(assignment, {c: found[c.name, c.hidden] for c in checks})

        yield score


def folded(assignment: Assignment, results: dict[Check, CheckResult]) -> Answer:
    """Return the scores that results give, of the public checks alone and of all."""
    from autograder.checks.folding import fold

    answer = {}
    for part, view in parts(assignment).items():
        # Without the hidden checks, another question may be lost, and others wait for it.
        own = {
            c: replace(r, outcome=Outcome.FAILED) if r.outcome is Outcome.WAITING else r
            for c, r in results.items()
            if view.solution is not None or not c.hidden
        }
        questions = fold(view, own, tuple(q.id for q in view.questions))
        answer[part] = {question.id: question.earned for question in questions}
    return answer


@contextmanager
def by_pytest(assignment: Assignment) -> Iterator[Callable[[Path], Answer]]:
    """`pytest assignments/NAME --submission PATH`, with the hidden checks where they are."""
    import hypothesis  # noqa: F401 (its pytest plugin would import it in each fork)
    import pytest

    from autograder.grading import collect

    checks = collect(assignment)  # what the graders import is imported once
    torch_ahead(assignment)
    files = [str(assignment.folder / f"{PUBLIC}.py")]
    if assignment.solution is not None:
        files.append(str(assignment.solution / f"{HIDDEN}.py"))

    def score(work: Path) -> Answer:
        with tempfile.TemporaryDirectory() as place:
            told = Path(place) / "report.xml"
            options = ["-p", "no:cacheprovider", f"--submission={work}", f"--junitxml={told}"]
            apart(lambda: int(pytest.main([*options, *files])))
            return told_by_pytest(assignment, checks, told)

    yield score


def told_by_pytest(assignment: Assignment, checks: tuple[Check, ...], told: Path) -> Answer:
    """Return the scores that pytest's report gives: points shared by weight over the outcomes."""
    seen = {}
    for case in ElementTree.parse(told).iter("testcase"):
        noted = {p.attrib["name"]: p.attrib["value"] for p in case.iter("property")}
        lost = Outcome.ERROR if noted.get(OURS) == "True" else Outcome.FAILED
        endings = {"failure": lost, "error": lost, "skipped": Outcome.SKIPPED}
        ended = [outcome for tag, outcome in endings.items() if case.find(tag) is not None]
        hidden = case.attrib["classname"].rpartition(".")[2] == HIDDEN
        outcome = ended[0] if ended else Outcome.PASSED
        seen[case.attrib["name"], hidden] = outcome, float(noted.get(SHARE, 0))
    results = {}
    for c in checks:
        outcome, share = seen[c.name, c.hidden]
        results[c] = CheckResult(c.name, c.title, outcome, c.mark.weight, share=share)
    return folded(assignment, results)


@contextmanager
def by_otter(assignment: Assignment) -> Iterator[Callable[[Path], Answer]]:
    """`grader.check("q1")` for each question, in a notebook that holds the work's code."""
    import otter

    from autograder.release.members import lay
    from autograder.release.otter import otter_tests

    torch_ahead(assignment)
    with tempfile.TemporaryDirectory() as place:
        course = copied(assignment, Path(place).resolve() / "course")
        folder = course / "assignments" / assignment.name
        for part in parts(assignment):
            lay(otter_tests(assignment, hidden=part == ALL), folder / part)

        def checked(work: Path) -> Answer:
            own = Path(shutil.copytree(course, Path(tempfile.mkdtemp(dir=place)) / "course"))
            here = Path(shutil.copytree(work, own / folder.relative_to(course), dirs_exist_ok=True))
            os.chdir(here)
            sys.path.insert(0, str(here))
            notebook = cells(here / assignment.module)
            return {
                part: {
                    path.stem: round(float(grader.check(path.stem, notebook).score), 2)
                    for path in sorted((here / part / "tests").iterdir())
                }
                for part in parts(assignment)
                for grader in [otter.Notebook(tests_dir=str(here / part / "tests"))]
            }

        def score(work: Path) -> Answer:
            answer: Answer = apart(lambda: checked(work))
            return answer

        yield score


def cells(module: Path) -> dict[str, object]:
    """Run a module's code in a cell, as it would be imported; return the notebook's names."""
    names: dict[str, object] = {"__name__": module.stem}
    with suppress(BaseException):  # a kernel goes on after a cell that raised
        exec(compile(module.read_text(encoding="utf-8"), "cell", "exec"), names)
    return names


@contextmanager
def by_gradescope(assignment: Assignment) -> Iterator[Callable[[Path], Answer]]:
    """`run_autograder` of the zip for the platform, in folders laid out as they are there."""
    from autograder.release.gradescope import members
    from autograder.release.members import lay

    data = os.environ.get("GRADER_DATA")
    version = f"3.{sys.version_info.minor}"
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as place:
        base = Path(place).resolve()
        root = assignment.folder.parents[1]
        packed = members(assignment, root, python=version, data=Path(data) if data else None)
        lay(packed, base / "source")
        shutil.copy(base / "source" / "run_autograder", base)

        def score(work: Path) -> Answer:
            for name in ("submission", "results"):
                shutil.rmtree(base / name, ignore_errors=True)
            shutil.copytree(work, base / "submission")
            (base / "results").mkdir()
            # The environment of this process stands for the one that setup.sh makes.
            env = {"PATH": os.environ["PATH"], "GRADED_DESCENT": sys.prefix}
            command = [str(base / "run_autograder"), str(base)]
            done = subprocess.run(command, env=env, capture_output=True, text=True, check=True)
            results = json.loads((base / "results" / "results.json").read_text(encoding="utf-8"))
            if not results["tests"] or "broke" in results["extra_data"]:
                raise RuntimeError(done.stderr)
            return {ALL: earned(assignment, results)}

        yield score


def earned(assignment: Assignment, results: dict[str, Any]) -> Scores:
    """Return the score of each question, added up from the entries of `results.json`."""
    sums = {question.id: 0.0 for question in assignment.questions}
    for entry in results["tests"]:
        sums[entry["name"].partition(":")[0]] += entry.get("score", 0.0)
    return {question: round(score, 2) for question, score in sums.items()}


DOORS: dict[str, Door] = {
    "grade.py": by_grade,
    "pytest": by_pytest,
    "otter": by_otter,
    "gradescope": by_gradescope,
}


def main(door: str, root: str, name: str) -> None:
    with DOORS[door](load(name, Path(root))) as score:
        for line in sys.stdin:
            work = Path(line.rstrip("\n"))
            try:
                print(json.dumps(score(work)), flush=True)
            except Exception as error:
                raise SystemExit(f"{work}: {type(error).__name__}: {error}") from error


if __name__ == "__main__":
    main(*sys.argv[1:])
