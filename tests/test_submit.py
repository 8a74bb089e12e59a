"""`grade submit` in real processes, and which of a module and a notebook counts."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from test_cli import GRADER, MANIFEST, RIGHT, SKELETON

from autograder.assignment import Assignment, load
from autograder.submission import SubmissionError, gather, open_submission

OPTIONAL = '[[file]]\nname = "report.md"\nrequired = false\n'


def notebook(*cells: str, output: str = "") -> bytes:
    outputs = [{"output_type": "stream", "name": "stdout", "text": output}] if output else []
    made = [{"cell_type": "code", "source": c, "outputs": outputs, "metadata": {}} for c in cells]
    return json.dumps({"cells": made, "nbformat": 4, "nbformat_minor": 5, "metadata": {}}).encode()


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """A released course folder: skeleton, notebook, and both as they were given."""
    folder = tmp_path / "assignments" / "step"
    kept = folder / ".original"
    kept.mkdir(parents=True)
    (folder / "tests").mkdir()
    (folder / "tests" / "q1.py").write_text("OK_FORMAT = False\n")
    (folder / "assignment.toml").write_text(
        MANIFEST.replace("[[question]]", OPTIONAL + "[[question]]", 1)
    )
    (folder / "test_public.py").write_text(GRADER)
    for home in (folder, kept):
        (home / "step.py").write_text(SKELETON)
        (home / "step.ipynb").write_bytes(notebook("import math", SKELETON))
    return tmp_path


def assignment(course: Path) -> Assignment:
    return load("step", course)


def submit(course: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    code = "import sys; from autograder.cli import main; sys.argv[0] = 'grade'; main()"
    command = [sys.executable, "-c", code, "submit", "step", *arguments]
    return subprocess.run(command, cwd=course, capture_output=True, text=True, timeout=60)


def test_the_zip_holds_the_work_and_its_digest_is_told(course: Path) -> None:
    (course / "assignments/step/step.py").write_text(RIGHT)
    (course / "assignments/step/report.md").write_text("what I saw")
    done = submit(course)
    assert done.returncode == 0, done.stderr
    made = course / "step-submission.zip"
    with zipfile.ZipFile(made) as bundle:
        assert sorted(bundle.namelist()) == ["report.md", "step.py"]
        assert bundle.read("step.py").decode() == RIGHT
    assert f"sha256 {hashlib.sha256(made.read_bytes()).hexdigest()}" in done.stdout
    assert "2 of 2 public checks passed; 2 hidden checks run after you hand in" in done.stdout
    first = made.read_bytes()
    assert submit(course).returncode == 0 and made.read_bytes() == first


def test_work_that_fails_can_be_handed_in_all_the_same(course: Path) -> None:
    done = submit(course, "-o", "mine.zip")
    assert done.returncode == 0 and (course / "mine.zip").is_file()
    assert "1 of 2 public checks passed" in done.stdout
    assert "report.md  not there: optional" in done.stdout
    assert "grade step" in done.stdout


def test_work_in_both_stops_it_until_one_is_named(course: Path) -> None:
    folder = course / "assignments/step"
    (folder / "step.py").write_text(RIGHT)
    (folder / "step.ipynb").write_bytes(notebook(RIGHT))
    done = submit(course)
    assert done.returncode == 1 and not (course / "step-submission.zip").exists()
    assert "You wrote into step.py and into step.ipynb" in done.stderr
    for entry in ("step.py", "step.ipynb"):
        assert submit(course, "--entry", entry).returncode == 0
        with zipfile.ZipFile(course / "step-submission.zip") as bundle:
            assert bundle.namelist() == [entry]


def test_work_that_nobody_touched_is_said_to_be_so(course: Path) -> None:
    says = "is as it was given: nothing of yours is in it"
    assert f"step.py {says}" in submit(course).stdout
    (course / "assignments/step/step.py").write_text(RIGHT)
    assert says not in submit(course).stdout


def test_a_hand_in_may_lack_a_file_on_demand(course: Path) -> None:
    manifest = course / "assignments/step/assignment.toml"
    manifest.write_text(
        manifest.read_text().replace("required = false", 'instead = ["report.txt"]')
    )
    (course / "assignments/step/step.py").write_text(RIGHT)
    done = submit(course)
    assert done.returncode == 1 and "--incomplete" in done.stderr
    assert "report.md (or report.txt) is missing.\n" in done.stderr
    assert submit(course, "--incomplete").returncode == 0
    with zipfile.ZipFile(course / "step-submission.zip") as bundle:
        assert bundle.namelist() == ["step.py"]


def test_the_work_itself_is_never_the_place_to_write_to(course: Path) -> None:
    mine = course / "mine.zip"
    with zipfile.ZipFile(mine, "w") as bundle:
        bundle.writestr("step.py", RIGHT)
        bundle.writestr("notes.md", "years of work")
    before = mine.read_bytes()
    done = submit(course, "mine.zip", "-o", "mine.zip")
    assert done.returncode == 2 and mine.read_bytes() == before


def test_a_folder_that_is_not_there_is_not_made(course: Path) -> None:
    done = submit(course, "-o", "typo/mine.zip")
    assert done.returncode == 2 and not (course / "typo").exists()


def test_a_missing_file_stops_it(course: Path) -> None:
    (course / "assignments/step/step.py").rename(course / "assignments/step/stepp.txt")
    (course / "assignments/step/step.ipynb").unlink()
    done = submit(course)
    assert done.returncode == 1 and not (course / "step-submission.zip").exists()
    assert "step.py is missing. Found instead: stepp.txt" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("out", ["mine.tar", "mine", "assignments"])
def test_a_name_that_is_no_zip_is_left_alone(course: Path, out: str) -> None:
    done = submit(course, "-o", out)
    assert done.returncode == 2 and "ending in .zip" in done.stderr


def test_a_place_that_cannot_be_written_is_named(course: Path) -> None:
    (course / "file").write_text("")
    done = submit(course, "-o", "file/mine.zip")
    assert done.returncode == 2 and "cannot be written" in done.stderr


CASES = {
    "as they were given": (SKELETON, None, "step.py"),
    "the module was changed": (RIGHT, None, "step.py"),
    "the module was changed, the notebook was run": (RIGHT, "run", "step.py"),
    "the notebook was changed": (SKELETON, RIGHT, "step.ipynb"),
    "the module with other line ends": (SKELETON.replace("\n", "\r\n"), RIGHT, "step.ipynb"),
    "an editor tidied the module": (SKELETON.replace("\n\n", " \n\n") + "\n", RIGHT, "step.ipynb"),
    "a remark in the module": (SKELETON + "# later\n", RIGHT, "step.ipynb"),
    "both were changed": (RIGHT, RIGHT, "step.py"),
    "a notebook that cannot be read": (RIGHT, "broken", "step.py"),
}


@pytest.mark.parametrize("module, book, counts", CASES.values(), ids=CASES)
def test_what_was_written_into_counts(
    course: Path, tmp_path: Path, module: str, book: str | None, counts: str
) -> None:
    folder = course / "assignments/step"
    (folder / "step.py").write_bytes(module.encode())
    changed = {
        None: notebook("import math", SKELETON),
        "run": notebook("import math", SKELETON, output="3"),
        "broken": b"{",
    }.get(book) or notebook("import math", str(book))
    (folder / "step.ipynb").write_bytes(changed)
    found = gather(folder, assignment(course))
    assert list(found.files) == [counts]
    both = module == RIGHT and book in (RIGHT, "broken")
    assert any("is graded, not step.ipynb" in note for note in found.notes) == both
    opened = open_submission(folder, assignment(course), tmp_path / "clean")
    assert (opened.module.suffix == ".json") == (counts == "step.ipynb")
    assert not any("tests/q1.py" in note for note in opened.notes)


def test_without_an_original_nothing_is_left_out(course: Path) -> None:
    folder = course / "assignments/step"
    (folder / ".original/step.ipynb").unlink()
    (folder / "step.ipynb").write_bytes(notebook(RIGHT))
    assert [*gather(folder, assignment(course)).files] == ["step.py"]


def test_where_the_solution_lies_the_skeleton_there_is_the_original(
    course: Path, tmp_path: Path
) -> None:
    shutil.rmtree(course / "assignments/step/.original")
    (course / "assignments/step/step.ipynb").unlink()
    (course / "solutions/step").mkdir(parents=True)
    handed = tmp_path / "handed"
    handed.mkdir()
    (handed / "step.py").write_text(SKELETON)
    (handed / "step.ipynb").write_bytes(notebook(RIGHT))
    assert [*gather(handed, assignment(course)).files] == ["step.ipynb"]
    (handed / "step.py").write_text(RIGHT)
    assert [*gather(handed, assignment(course)).files] == ["step.py"]


def test_a_notebook_that_calls_several_modules_stands_for_none_of_them(course: Path) -> None:
    folder = course / "assignments/step"
    more = MANIFEST.replace("[[question]]", '[[file]]\nname = "net.py"\n[[question]]', 1)
    (folder / "assignment.toml").write_text(more)
    (folder / "net.py").write_text("")
    (folder / "step.ipynb").write_bytes(notebook(SKELETON, "import step"))
    assert [*gather(folder, assignment(course)).files] == ["step.py", "net.py"]


def test_whoever_names_a_file_gets_that_file(course: Path) -> None:
    folder = course / "assignments/step"
    (folder / "step.py").write_text(RIGHT)
    assert [*gather(folder, assignment(course), "step.ipynb").files] == ["step.ipynb"]
    with pytest.raises(SubmissionError, match="there is no such file"):
        gather(folder, assignment(course), "other.py")


def test_a_handed_in_zip_is_opened_as_the_same_work(course: Path, tmp_path: Path) -> None:
    (course / "assignments/step/step.ipynb").write_bytes(notebook("import math", RIGHT))
    assert submit(course).returncode == 0
    made = open_submission(course / "step-submission.zip", assignment(course), tmp_path / "a")
    here = open_submission(course / "assignments/step", assignment(course), tmp_path / "b")
    assert made.digest == here.digest


def test_reset_gives_the_notebook_back(course: Path) -> None:
    code = "from autograder.cli import main; main()"
    book = course / "assignments/step/step.ipynb"
    book.write_bytes(notebook(RIGHT))
    command = [sys.executable, "-c", code, "reset", "step", "step.ipynb"]
    done = subprocess.run(command, cwd=course, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert book.read_bytes() == notebook("import math", SKELETON)
