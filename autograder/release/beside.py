"""The autograder zip of otter-grader, which runs a student's code beside the tests.

For courses that use otter already. It can be forged: a notebook's code runs in the process that
counts its points, so that whoever wants to can read the hidden checks and write the result.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.assignment import Assignment
from autograder.release.members import Member, lay
from autograder.release.otter import otter_tests
from autograder.release.pins import UnknownPin, requirements

if TYPE_CHECKING:
    from autograder.checks.run import Check

SECONDS = 120
SOURCE = "/autograder/source/files"
_README = """\
This zip lets otter-grader grade {name} on Gradescope. Otter runs a student's code in the very
process that counts the points: whoever wants to can read the hidden checks there and give
themselves full marks. Use it where you trust your students, or look at the work itself. The zip
that the toolkit makes by default keeps a student's code apart:

    grade gradescope {name}
"""


class OtterError(ValueError):
    """Otter made no zip; the text says why."""


def otter_members(
    assignment: Assignment,
    checks: Sequence[Check],
    toolkit: Member,
    course: Sequence[Member],
    root: Path,
    python: str,
) -> list[Member]:
    """Return the files of the zip that `otter generate` makes, with the hidden checks in it.

    `checks` are those of `collect`, `toolkit` is our wheel, `course` the assignment and its
    solution, which otter lays beside the student's work. Raises OtterError without
    otter-grader, and where it fails.
    """
    tests = otter_tests(assignment, hidden=True, checks=checks)
    readme = Member("READ_ME_FIRST.md", _README.format(name=assignment.name).encode())
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as place:
        folder = Path(place).resolve()
        lay([*tests, toolkit, *course], folder)
        _put(folder / "requirements.txt", _wanted(assignment, toolkit, root, python))
        _put(folder / "otter_config.json", json.dumps(_settings(assignment), indent=2))
        _generate(folder, python, toolkit.path)
        return [readme, *_held(folder / "autograder.zip")]


def _put(file: Path, text: str) -> None:
    file.write_text(text, encoding="utf-8", newline="")


def _settings(assignment: Assignment) -> dict[str, object]:
    """Return otter's configuration: hidden checks stay hidden, and no PDF is made."""
    return {
        "show_stdout": False,
        "show_hidden": False,
        "pdf": False,
        "points_possible": assignment.points,
    }


def _wanted(assignment: Assignment, toolkit: Member, root: Path, python: str) -> str:
    """Return what is installed beside otter: pins, and our wheel where the platform lays it."""
    try:
        lists = requirements(
            root / "constraints.txt", python, toolkit.path, torch=not assignment.light
        )
    except UnknownPin as error:
        raise OtterError(str(error)) from error
    lines = lists["requirements.txt"].splitlines()
    ours = f"graded-descent @ file://{SOURCE}/{toolkit.path}"
    kept = [line for line in lines if not line.startswith(("#", "-c", "./"))]
    return "\n".join([*kept, ours]) + "\n"


def _generate(folder: Path, python: str, toolkit: str) -> None:
    command = [sys.executable, "-m", "otter", "generate", "-t", "tests", "-o", "autograder.zip"]
    command += ["-c", "otter_config.json", "-r", "requirements.txt", "--no-environment"]
    command += ["--python-version", python, "assignments", "solutions", toolkit]
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        done = subprocess.run(
            command, cwd=folder, env=environment, capture_output=True, text=True, timeout=SECONDS
        )
    except subprocess.TimeoutExpired as error:
        raise OtterError(f"otter generate took more than {SECONDS} s: try it again") from error
    if "No module named otter" in done.stderr:
        raise OtterError("otter-grader is not installed here: pip install -r requirements.txt")
    if done.returncode != 0 or not (folder / "autograder.zip").is_file():
        said = (done.stderr or done.stdout).strip().splitlines()[-1:] or ["it said nothing"]
        raise OtterError(f"otter generate failed: {said[0]}")


def _held(zip_: Path) -> list[Member]:
    """Return what otter packed, in a form that has the same bytes every time."""
    with zipfile.ZipFile(zip_) as bundle:
        names = sorted(name for name in bundle.namelist() if not name.endswith("/"))
        runs = {"setup.sh", "run_autograder"}
        return [Member(name, bundle.read(name), executable=name in runs) for name in names]
