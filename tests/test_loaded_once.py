"""Who packs an assignment loads its graders once, and hidden checks stay out of what goes out."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from autograder.assignment import load
from autograder.grading import collect
from autograder.release.new import new
from autograder.release.otter import otter_tests
from autograder.release.student import release

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """A course whose two graders write a line into a file each time that they are loaded."""
    root = tmp_path / "course"
    root.mkdir()
    new("softmax", root)
    for name in ("grade.py", "constraints.txt"):
        shutil.copyfile(ROOT / name, root / name)
    for file in ("assignments/softmax/test_public.py", "solutions/softmax/test_hidden.py"):
        path, note = root / file, root / f"{Path(file).stem}.txt"
        noting = f'with open({str(note)!r}, "a") as note:\n    note.write("loaded\\n")\n'
        path.write_text(f"{path.read_text(encoding='utf-8')}\n\n{noting}", encoding="utf-8")
    return root


# The solution of an autograder may ask for the public grader, which is then loaded for it.
@pytest.mark.parametrize(("command", "public"), [("release", 1), ("gradescope", 2)])
def test_each_grader_is_loaded_once(course: Path, command: str, public: int) -> None:
    asked = [sys.executable, str(course / "grade.py"), command, "softmax"]
    done = subprocess.run(asked, cwd=course, capture_output=True, text=True, timeout=120)
    loaded = {path.stem: path.read_text().count("loaded") for path in course.glob("*.txt")}
    loaded.pop("constraints")
    assert loaded == {"test_public": public, "test_hidden": 1}, done.stdout + done.stderr


def test_checks_that_are_loaded_already_give_the_same_files(course: Path) -> None:
    assignment = load("softmax", course)
    checks = collect(assignment)
    assert any(check.hidden for check in checks)
    assert release(assignment, {}, checks=checks) == release(assignment, {})
    for hidden in (False, True):
        assert otter_tests(assignment, hidden=hidden, checks=checks) == otter_tests(
            assignment, hidden=hidden
        )
