"""Commands typed wrongly: what was seen, what was wanted, what to do next, and no traceback."""

from __future__ import annotations

import csv
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from test_cli import RIGHT, ROOT, course, grade

__all__ = ["course"]
STUDENTS = ["check", "status", "hint", "reset", "train", "submit", "list", "doctor"]
INSTRUCTORS = ["new", "verify", "release", "gradescope"]
GONE = "there is no assignment called"
EMPTY = "it is empty (a variable of the shell that is not set?)."


def groups(text: str) -> dict[str, list[str]]:
    """Return the commands that a help page lists, by heading."""
    parts = re.split(r"^(\S.*):$", text, flags=re.M)
    pairs = zip(parts[1::2], parts[2::2], strict=True)
    return {title: re.findall(r"^  (\w+)  ", body, flags=re.M) for title, body in pairs}


def test_the_help_page_shows_the_commands_by_who_types_them(course: Path) -> None:
    (course / "solutions").mkdir()
    done = grade(course, "--help", COLUMNS="60")
    assert groups(done.stdout) | {"Options": []} == {
        "Options": [],
        "For students": STUDENTS,
        "For instructors": INSTRUCTORS,
        "For teaching assistants": ["batch"],
    }
    assert max(map(len, done.stdout.splitlines())) <= 60
    assert "one block to paste when you ask for help." in " ".join(done.stdout.split())


def test_students_are_shown_what_they_can_use(course: Path) -> None:
    untrained = [name for name in STUDENTS if name != "train"]
    shown = groups(grade(course, "--help").stdout)
    assert shown == {"Options": [], "For students": untrained}
    with (course / "assignments/step/assignment.toml").open("a", encoding="utf-8") as file:
        file.write('[training]\ndataset = "mnist"\nepochs = 1\n')
    assert groups(grade(course, "--help").stdout)["For students"] == STUDENTS
    (course / "assignments/step/assignment.toml").write_text("broken", encoding="utf-8")
    assert groups(grade(course, "--help").stdout)["For students"] == untrained


def test_whoever_begins_a_course_is_shown_all(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "assignments"):
        folder.mkdir(exist_ok=True)
        assert len(groups(grade(tmp_path, "--help").stdout)) == 4


def test_every_command_has_a_page_that_fits(course: Path) -> None:
    for command in (*STUDENTS, *INSTRUCTORS, "batch"):
        done = grade(course, command, "--help", COLUMNS="60")
        assert done.returncode == 0 and done.stdout.startswith(f"Usage: grade {command}")
        assert max(map(len, done.stdout.splitlines())) <= 60


@pytest.mark.parametrize(
    ("stage", "says"),
    [
        (["99"], "'99' is no stage: there are 2 hints, so STAGE is a number from 1 to 2."),
        (["0"], "'0' is no stage"),
        (["-1"], "'-1' is no stage"),
        (["two"], "'two' is no stage"),
        (["1.5"], "'1.5' is no stage"),
        (["²"], "'²' is no stage"),
        (["9" * 5000], "' is no stage"),
        (["--stage", "2"], "'--stage 2' is no stage"),
        (["1", "2"], "'1 2' is no stage"),
        ([""], "'' is no stage"),
    ],
)
def test_a_stage_that_is_none_is_told(course: Path, stage: list[str], says: str) -> None:
    done = grade(course, "hint", "step", "q1", *stage)
    assert (done.returncode, done.stdout) == (2, "")
    assert says in done.stderr and "\nType: grade hint step q1\n" in done.stderr


def test_one_hint_is_one_stage(course: Path) -> None:
    assert grade(course, "hint", "step", "q2", "1").returncode == 0
    assert "there is 1 hint, so STAGE is 1." in grade(course, "hint", "step", "q2", "2").stderr


WRONG = [
    (["stp"], f"{GONE} 'stp'; did you mean step?"),
    (["nope"], f"{GONE} 'nope'.\nSee which there are: grade list"),
    (["STEP"], "did you mean step?"),
    (["step/"], "did you mean step?\nA path comes after the name: grade NAME PATH"),
    (["assignments/step/step.py"], "did you mean step?\nA path comes after the name"),
    (["..\\step"], "did you mean step?\nA path comes after the name"),
    (["../../etc"], f"{GONE} '../../etc'.\nA path comes after the name"),
    ([""], f"{GONE} ''.\nSee which there are: grade list"),
    (["help"], "Did you mean the command: grade --help"),
    (["lits"], "Did you mean the command: grade list"),
    (["st\x1b[31mep\n"], f"{GONE} 'step'; did you mean step?"),
    ([os.fsdecode(b"st\xffep")], f"{GONE} 'st"),
    (["-q", "q1", "step"], "It comes after the name: grade NAME -q"),
    (["check"], "See which there are: grade list"),
    (["submit"], "See which there are: grade list"),
    (["step", "q1"], "Did you mean the question: grade step -q q1"),
    (["hint", "stp", "q1"], f"{GONE} 'stp'; did you mean step?"),
    (["submit", "stp"], "did you mean step?"),
    (["train", "nope"], "See which there are: grade list"),
    (["verify", "stp"], "did you mean step?"),
    (["batch", "stp", "work", "-o", "out"], "did you mean step?"),
    (["step", ""], EMPTY),
    (["step", "x" * 5000], "cannot be reached: File name too long. Choose another place."),
    (["step", "-q", ""], EMPTY),
    (["step", "-q", ","], EMPTY),
    (["step", "--entry", ""], EMPTY),
    (["step", "--html", ""], EMPTY),
    (["step", "--data", "nowhere"], "Directory 'nowhere' does not exist."),
    (["step", "--data", "file"], "Directory 'file' is a file."),
    (["submit", "step", "-o", ""], EMPTY),
    (["submit", "step", ""], EMPTY),
    (["submit", "step", "-o", "file/x.zip"], "Not a directory. Choose another place: -o FILE"),
    (["new", ""], "use a-z, 0-9 and _"),
    (["new", "../x"], "use a-z, 0-9 and _"),
    (["new", "a\\b"], "use a-z, 0-9 and _"),
    (["batch", "step", "work", "-o", ""], EMPTY),
    (["batch", "step", "", "-o", "out"], EMPTY),
    (["batch", "step", "empty", "-o", "out"], "Name the folder that holds"),
    (["batch", "step", "work", "-o", "file"], "file is not a folder: name another one with -o."),
    (["batch", "step", "work", "-o", "file/out"], "Name another folder with -o"),
    (["batch", "step", "work", "-o", "out", "--roster", "empty"], "File 'empty' is a directory."),
    (["batch", "step", "work", "-o", "out", "--entry", ""], EMPTY),
]


def named(part: list[str] | str) -> str | None:
    """Return the command as the name of its case."""
    return ascii(" ".join(part))[:40] if isinstance(part, list) else ""


@pytest.mark.parametrize(("args", "says"), WRONG, ids=named)
def test_what_is_typed_wrongly_is_told(course: Path, args: list[str], says: str) -> None:
    (course / "empty").mkdir()
    (course / "work" / "ada").mkdir(parents=True)
    (course / "file").touch()
    before = sorted(course.iterdir())
    done = grade(course, *args)
    assert done.returncode == 2, done.stdout + done.stderr
    assert says in done.stderr
    assert "Traceback" not in done.stderr and "\x1b" not in done.stderr
    assert {*course.iterdir()} - {*before} <= {course / "out"}


def test_a_folder_without_assignments_is_told(tmp_path: Path) -> None:
    (tmp_path / "assignments").mkdir()
    for command in (["status"], ["verify"], ["step"]):
        done = grade(tmp_path, *command)
        assert (done.returncode, done.stdout) == (2, "")
        assert "There is no assignment in the folder `assignments`" in done.stderr


def without_rights(course: Path, *args: str) -> subprocess.CompletedProcess[str]:
    """Run a command as somebody for whom the rights of files hold, as they do not for root."""
    drop = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"]
    if os.geteuid() == 0 and not shutil.which(drop[0]):
        pytest.skip("needs setpriv: root may write everywhere")
    script = "from autograder.cli import main; main()"
    return subprocess.run(
        [*(drop if os.geteuid() == 0 else ()), sys.executable, "-c", script, *args],
        cwd=course,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"},
    )


@pytest.mark.skipif(os.name != "posix", reason="needs the rights of POSIX files")
@pytest.mark.parametrize(
    "args",
    [
        ["new", "another"],
        ["submit", "step"],
        ["submit", "step", "-o", "sealed/x.zip"],
        ["step", "--html", "locked/x.html"],
        ["step", "sealed/deep"],
        ["batch", "step", "work", "-o", "locked"],
        ["batch", "step", "work", "-o", "locked/out"],
        ["batch", "step", "work", "-o", "sealed/out"],
        ["release", "first", "-o", "sealed/out"],
        ["release", "first", "-o", "locked"],
        ["release", "first", "-o", "locked/out"],
    ],
    ids=" ".join,
)
def test_a_folder_that_may_not_be_written_is_told(course: Path, args: list[str]) -> None:
    assert grade(course, "new", "first").returncode == 0
    (course / "work" / "ada").mkdir(parents=True)
    (course / "locked").mkdir(mode=0o555)
    (course / "sealed").mkdir(mode=0o000)
    for folder in (course / "assignments", course):
        folder.chmod(0o555)
    try:
        done = without_rights(course, *args)
    finally:
        for folder in (course, course / "assignments", course / "locked", course / "sealed"):
            folder.chmod(0o755)
    assert done.returncode == 2, done.stdout + done.stderr
    assert "Permission denied" in done.stderr and "Traceback" not in done.stderr


def test_what_new_could_not_finish_it_takes_back(course: Path) -> None:
    (course / "solutions").touch()
    done = grade(course, "new", "first")
    assert done.returncode == 2 and "Not a directory" in done.stderr
    assert "Traceback" not in done.stderr
    assert [path.name for path in (course / "assignments").iterdir()] == ["step"]


def test_a_class_whose_file_has_another_name_is_graded(course: Path) -> None:
    for name, file in (("ada", "mine.py"), ("alan", "mine.py"), ("hedy", "step.py")):
        (course / "work" / name).mkdir(parents=True)
        (course / "work" / name / file).write_text(RIGHT, encoding="utf-8")
    (course / "work/alan/step.py").write_text("def double(xs): return xs\n", encoding="utf-8")
    more = ("--isolation", "best-effort", "-j", "1", "-o", "out")
    done = grade(course, "batch", "step", "work", "--entry", "mine.py", *more)
    assert done.returncode == 0, done.stderr
    with (course / "out/gradebook.csv").open(newline="", encoding="utf-8") as file:
        rows = {row["name"]: row for row in csv.DictReader(file)}
    assert [rows[name]["score"] for name in ("ada", "alan")] == ["10", "10"]
    assert "--entry mine.py: there is no such file" in rows["hedy"]["reason"]
    assert grade(course, "batch", "step", "work", "--entry", "mine.py", *more).returncode == 0


def test_the_page_of_batch_says_how_to_train_again(course: Path) -> None:
    assert "--retrain" in grade(course, "batch", "--help").stdout.split("--help")[-1]
