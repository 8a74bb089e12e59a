"""`grade release`: what a student gets, unpacked and used in real processes."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from autograder.assignment import load, names
from autograder.release.members import archive
from autograder.release.new import new
from autograder.release.pins import everywhere
from autograder.release.skeleton import skeletons
from autograder.release.student import ReleaseError, left_out, release

ROOT = Path(__file__).resolve().parents[1]
PINS = {"torch": "2.13.0"}


def grade(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(folder / "grade.py"), *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120)


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """A course with one new assignment, and its grade.py."""
    root = tmp_path / "course"
    root.mkdir()
    new("softmax", root)
    shutil.copyfile(ROOT / "grade.py", root / "grade.py")
    return root


@pytest.mark.parametrize("name", names(ROOT))
def test_a_release_holds_just_what_a_student_needs(name: str) -> None:
    assignment = load(name, ROOT)
    members = release(assignment, PINS)
    inside = f"assignments/{name}"
    modules = {h.name for h in assignment.files if h.name.endswith(".py")}
    wanted = {"README.md", "grade.py", "requirements.txt"}
    wanted |= {f"{inside}/{n}" for n in ("README.md", "assignment.toml", "test_public.py")}
    wanted |= {f"{inside}/{n}" for n in (*modules, f"{name}.ipynb")}
    wanted |= {f"{inside}/.original/{n}" for n in (*skeletons(assignment), f"{name}.ipynb")}
    paths = {member.path for member in members}
    toolkit = {path for path in paths if path.endswith(".whl")}
    tests = {path for path in paths if re.fullmatch(rf"{inside}/tests/\w+\.py", path)}
    assert len(toolkit) == 1 and tests and paths == wanted | toolkit | tests
    needs = next(m.data.decode() for m in members if m.path == "requirements.txt")
    assert ("torch==2.13.0" in needs) == (not assignment.light)
    assert archive(members) == archive(release(load(name, ROOT), PINS))


def test_what_grading_and_training_leave_behind_stays_here(course: Path) -> None:
    folder = course / "assignments" / "softmax"
    mine = ["curves.svg", "softmax-submission.zip", "softmax.py.bak2", "training.json"]
    for left in (*mine, "weights.safetensors"):
        (folder / left).write_bytes(b"mine")
    (folder / "given").mkdir()
    for wanted in ("images.zip", "given/training.json"):
        (folder / wanted).write_bytes(b"for students")
    (folder / "__pycache__").mkdir()
    (folder / "__pycache__" / "softmax.pyc").write_bytes(b"")
    (folder / ".git").mkdir()
    (folder / ".git" / "config").write_text("")
    (folder / "figure.svg").write_text("<svg/>")
    paths = {
        m.path.removeprefix("assignments/softmax/") for m in release(load("softmax", course), {})
    }
    assert {"figure.svg", "images.zip", "given/training.json"} <= paths
    assert not [p for p in paths if re.search(r"weights|curves|bak|submission|pyc|\.git", p)]
    assert "training.json" not in paths
    assert left_out(folder) == [*mine, "weights.safetensors"]


def test_a_link_is_refused(course: Path) -> None:
    link = course / "assignments/softmax/answers.py"
    link.symlink_to(course / "solutions/softmax/softmax.py")
    with pytest.raises(ReleaseError, match=r"answers\.py is a link"):
        release(load("softmax", course), {})


def test_a_handout_is_needed(course: Path) -> None:
    (course / "assignments/softmax/README.md").unlink()
    done = grade(course, "release", "softmax")
    assert done.returncode == 2 and "assignments/softmax/README.md is missing" in done.stderr
    assert not (course / "dist").exists()


BROKEN = {
    "a handout in another encoding": ("README.md", "Größe".encode("latin-1"), "is not UTF-8"),
    "a grader that is no Python": ("test_public.py", b"def (:\n", "invalid syntax"),
    "a grader that does not load": ("test_public.py", b"import nowhere\n", "nowhere"),
}


@pytest.mark.parametrize("command", ["release", "gradescope"])
@pytest.mark.parametrize("name, data, says", BROKEN.values(), ids=BROKEN)
def test_what_cannot_be_given_out_is_named(
    course: Path, command: str, name: str, data: bytes, says: str
) -> None:
    (course / "assignments/softmax" / name).write_bytes(data)
    shutil.copyfile(ROOT / "constraints.txt", course / "constraints.txt")
    done = grade(course, command, "softmax")
    assert done.returncode in (2, 3) and says in done.stderr
    assert "Traceback" not in done.stderr and not (course / "dist").exists()


def test_the_notebooks_tests_are_ours(course: Path) -> None:
    own = course / "assignments/softmax/tests"
    own.mkdir()
    (own / "q1.py").write_text("print('of an older release')\n")
    made = {m.path: m.data for m in release(load("softmax", course), {})}
    assert b"OK_FORMAT" in made["assignments/softmax/tests/q1.py"]


def test_pins_of_one_python_only_are_no_pins(tmp_path: Path) -> None:
    text = 'torch==2.13.0\nnumpy==1; python_version < "3.11"\n# a==1\nJinja2==3.1.6 \n'
    (tmp_path / "c").write_text(text)
    assert everywhere(tmp_path / "c") == {"torch": "2.13.0", "jinja2": "3.1.6"}
    assert everywhere(tmp_path / "none") == {}


def test_the_unpacked_zip_works_and_takes_no_solution_along(course: Path, tmp_path: Path) -> None:
    made = grade(course, "release", "softmax")
    assert made.returncode == 0, made.stdout + made.stderr
    home = tmp_path / "home"
    with zipfile.ZipFile(course / "dist/softmax.zip") as bundle:
        bundle.extractall(home)
    inside = course / "dist" / "softmax"
    laid = {p.relative_to(inside).as_posix() for p in inside.rglob("*") if p.is_file()}
    assert laid == {p.relative_to(home).as_posix() for p in home.rglob("*") if p.is_file()}
    assert "solutions" not in os.listdir(home)
    first = grade(home, "softmax")
    assert first.returncode == 1 and "hidden checks run on submission" in first.stdout
    assert "Traceback" not in first.stdout + first.stderr
    tests = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    collected = subprocess.run(tests, cwd=home, capture_output=True, text=True, timeout=120)
    assert collected.returncode == 1 and re.search(r"\d+ failed", collected.stdout)
    shutil.copyfile(
        course / "solutions/softmax/softmax.py", home / "assignments/softmax/softmax.py"
    )
    assert grade(home, "softmax").returncode == 0
    assert subprocess.run(tests, cwd=home, capture_output=True, timeout=120).returncode == 0
    handed = grade(home, "submit", "softmax")
    assert handed.returncode == 0 and (home / "softmax-submission.zip").is_file()
    there = grade(course, "softmax", str(home / "softmax-submission.zip"))
    assert there.returncode == 0, there.stdout


def test_the_same_tree_gives_the_same_zip(course: Path) -> None:
    assert grade(course, "release", "softmax", "-o", "one").returncode == 0
    for path in course.rglob("*"):
        os.utime(path, (1e9, 1e9))
    assert grade(course, "release", "softmax", "-o", "two").returncode == 0
    assert (course / "one/softmax.zip").read_bytes() == (course / "two/softmax.zip").read_bytes()


def test_a_release_replaces_only_a_release(course: Path) -> None:
    (course / "dist/softmax").mkdir(parents=True)
    (course / "dist/softmax/thesis.txt").write_text("years of work")
    done = grade(course, "release", "softmax")
    assert done.returncode == 2 and "thesis.txt, which no release put there" in done.stderr
    assert (course / "dist/softmax/thesis.txt").is_file()
    shutil.rmtree(course / "dist")
    figure = course / "assignments/softmax/figure.txt"
    figure.write_text("of the last release")
    assert grade(course, "release", "softmax").returncode == 0
    figure.unlink()
    assert grade(course, "release", "softmax").returncode == 0
    assert not (course / "dist/softmax/assignments/softmax/figure.txt").exists()
    assert sorted(os.listdir(course / "dist")) == ["softmax", "softmax.zip"]
    answers = course / "dist/softmax/assignments/softmax/softmax.py"
    answers.write_text("tried it as a student")
    done = grade(course, "release", "softmax")
    assert done.returncode == 2 and "softmax.py, which no release put there" in done.stderr
    assert answers.read_text() == "tried it as a student"


def test_an_old_skeleton_stops_it(course: Path) -> None:
    skeleton = course / "assignments/softmax/softmax.py"
    skeleton.write_text(skeleton.read_text() + "\n# tried something\n")
    done = grade(course, "release", "softmax")
    assert done.returncode == 2 and "--write-skeleton" in done.stderr
    assert not (course / "dist").exists()


def test_a_secret_stops_it_and_is_named(course: Path) -> None:
    handout = course / "assignments/softmax/README.md"
    source = (course / "solutions/softmax/softmax.py").read_text()
    solved = source.split("# BEGIN SOLUTION\n")[1].split("    # END SOLUTION")[0]
    handout.write_text(handout.read_text() + "\n" + solved)
    done = grade(course, "release", "softmax")
    assert done.returncode == 1 and "was not released" in done.stdout
    assert "assignments/softmax/README.md" in done.stdout
    assert not (course / "dist").exists()


def test_without_solutions_there_is_nothing_to_release(course: Path) -> None:
    shutil.rmtree(course / "solutions")
    for command in ("release", "gradescope"):
        done = grade(course, command, "softmax")
        assert done.returncode == 3 and "solutions/softmax" in done.stderr
