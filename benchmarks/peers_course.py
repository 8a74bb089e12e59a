"""The same small assignment for otter-grader and for nbgrader, and commands that are timed.

The peers live in environments of their own, made where they are missing: they bring a notebook
kernel that we have no use for.
"""

from __future__ import annotations

import csv
import os
import pprint
import resource
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import nbformat

WORK = "bn.ipynb"
POINTS = {"q1": 15, "q2": 10, "q3": 30}
BATCH = "z = np.array([[1., 2, 6], [0, 40, 20]]); "
TRAIN = BATCH + "out, mu, var = bn_train(z, np.ones(2), np.zeros(2), 1e-12); "
# The cases of a question; the last one of each is hidden.
CASES = {
    "q1": [
        "assert np.allclose(np.mean(Z_HAT, axis=1), 0, atol=1e-5)",
        "assert np.allclose(np.std(Z_HAT, axis=1), 1, atol=1e-5)",
        "assert np.allclose(Z_HAT, [[-1, 1, 1, -1]] * 3, atol=1e-5)",
    ],
    "q2": [
        "assert np.allclose(np.mean(Z_TILDE, axis=1), [0, -10, 10], atol=1e-5)",
        "assert np.allclose(np.asarray(Z_TILDE)[:, 0], [-1, -11, 9], atol=1e-5)",
    ],
    "q3": [
        TRAIN + "assert np.allclose(mu, z.mean(axis=1))",
        TRAIN + "assert np.allclose(var, z.var(axis=1))",
        TRAIN + "assert np.allclose(out.std(axis=1), 1)",
        BATCH + "out = bn_train(z, np.full(2, 3.), np.full(2, 2.), 1e-12)[0]; "
        "assert np.allclose(out.mean(axis=1), 2) and np.allclose(out.std(axis=1), 3)",
    ],
}


@dataclass(frozen=True)
class Cost:
    """Seconds on the clock, and of all processors together."""

    wall: float
    cpu: float

    def each(self, count: int) -> Cost:
        return Cost(self.wall / count, self.cpu / count)


def run(command: list[str], folder: Path) -> str:
    """Run a command and return its output; leaves where it fails.

    Commands beside it are found first: nbgrader calls some of its own by name.
    """
    path = os.pathsep.join((str(Path(command[0]).parent), os.environ["PATH"]))
    own = os.environ | {"PATH": path}
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, env=own)
    if done.returncode:
        said = done.stdout[-2000:] + done.stderr[-2000:]
        raise SystemExit(f"{' '.join(command)[:200]} failed:\n{said}")
    return done.stdout


def spent(command: list[str], folder: Path) -> tuple[Cost, str]:
    """Run a command and everything it leaves behind to the end; return cost and output.

    The caller is a subreaper without other children, so that no orphan's seconds are lost.
    """
    before, started = _cpu(), time.perf_counter()
    said = run(command, folder)
    wall = time.perf_counter() - started
    with suppress(ChildProcessError):
        while os.waitpid(-1, 0)[0]:
            pass
    return Cost(wall, _cpu() - before), said


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def environment(folder: Path, *wanted: str) -> Path:
    """Return the commands' folder of a virtual environment; make it where it is missing."""
    if not (folder / "bin" / "pip").is_file():
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
        install = [str(folder / "bin" / "pip"), "install", "-q", *wanted]
        subprocess.run(install, check=True, stdout=sys.stderr)
    return folder / "bin"


def notebook(source: str, file: Path, *, graded: bool = False) -> Path:
    """Write the work as a notebook; `graded` with the cells and marks that nbgrader wants."""
    v4 = nbformat.v4
    answer = v4.new_code_cell(source, id="answer")
    book = v4.new_notebook(cells=[v4.new_markdown_cell("# Batch norm", id="title"), answer])
    book.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
    if graded:
        answer.metadata["nbgrader"] = _mark("answer", solution=True)
    for question, cases in CASES.items() if graded else ():
        for number, case in enumerate(cases):
            # One cell a case, as nbgrader knows no other share of a question's points.
            name = f"{question}-{number}"
            mark = _mark(name, grade=True, locked=True) | {"points": POINTS[question] / len(cases)}
            book.cells.append(v4.new_code_cell(case, id=name, metadata={"nbgrader": mark}))
    file.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(book, file)
    return file


def _mark(name: str, **kind: bool) -> dict[str, object]:
    flags = {"grade": False, "solution": False, "locked": False, "task": False}
    return {"grade_id": name, "schema_version": 3, **flags, **kind}


def otter_zip(otter: Path, folder: Path, tests: dict[str, str]) -> Path:
    """Let otter pack its autograder from test files, given as {name: text}."""
    (folder / "tests").mkdir(parents=True)
    for name, text in tests.items():
        (folder / "tests" / name).write_text(text, encoding="utf-8")
    run([str(otter / "otter"), "generate", "-t", "tests", "-o", "autograder.zip"], folder)
    return folder / "autograder.zip"


def otter_tests() -> dict[str, str]:
    """Return the cases as otter's test files."""
    files = {}
    for question, cases in CASES.items():
        listed = [
            {"code": f">>> {case}\n", "hidden": case is cases[-1], "locked": False}
            for case in cases
        ]
        suites = [{"cases": listed, "scored": True, "type": "doctest"}]
        test = {"name": question, "points": POINTS[question], "suites": suites}
        files[f"{question}.py"] = f"OK_FORMAT = True\n\ntest = {pprint.pformat(test)}\n"
    return files


def nbgrader_course(nbgrader: Path, folder: Path, source: str) -> Path:
    """Lay out a course and let nbgrader make the assignment from the master."""
    notebook(source, folder / "source" / "bn" / WORK, graded=True)
    config = "c = get_config()\nc.CourseDirectory.course_id = 'peers'\n"
    (folder / "nbgrader_config.py").write_text(config)
    run([str(nbgrader / "nbgrader"), "generate_assignment", "bn"], folder)
    return folder


def nbgrader_scores(nbgrader: Path, course: Path) -> dict[str, float]:
    """Return the score of each student who handed in, from nbgrader's own export."""
    run([str(nbgrader / "nbgrader"), "export", "--to", "grades.csv"], course)
    with open(course / "grades.csv", newline="") as table:
        return {row["student_id"]: float(row["score"]) for row in csv.DictReader(table)}
