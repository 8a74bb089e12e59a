"""The commands as people type them, in real processes."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
GRADER = '''
from autograder.checks import expect, question


@question("q1")
def test_double(student):
    """every entry is doubled"""
    got = student.double([1, 2])
    expect(got).equals([2, 4], mistakes={"twice, not squared": [1, 4]})


@question("q2")
def test_total(student):
    """the entries are added"""
    expect(student.total([1, 2, 4])).equals(7)
'''
MANIFEST = """
title = "A first step"
module = "step.py"
points = 10
[[file]]
name = "step.py"
[[question]]
id = "q1"
title = "doubling"
points = 4
hidden = 2
hints = ["add each entry to itself", "return [2 * x for x in xs]"]
[[question]]
id = "q2"
title = "adding"
points = 6
hints = ["start from 0"]
"""
SKELETON = (
    "def double(xs):\n    raise NotImplementedError\n\n\ndef total(xs):\n    return sum(xs)\n"
)
RIGHT = "def double(xs):\n    return [2 * x for x in xs]\n\n\ndef total(xs):\n    return sum(xs)\n"


@pytest.fixture
def course(tmp_path: Path) -> Path:
    folder = tmp_path / "assignments" / "step"
    folder.mkdir(parents=True)
    (folder / "assignment.toml").write_text(MANIFEST, encoding="utf-8")
    (folder / "test_public.py").write_text(GRADER, encoding="utf-8")
    (folder / "step.py").write_text(SKELETON, encoding="utf-8")
    return tmp_path


def grade(course: Path, *args: str, **env: str) -> subprocess.CompletedProcess[str]:
    script = "from autograder.cli import main; main()"
    return subprocess.run(
        [sys.executable, "-c", script, *args],
        cwd=course,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1", **env},
    )


def test_a_failure_exits_1_and_says_what_to_fix(course: Path) -> None:
    done = grade(course, "step")
    assert done.returncode == 1
    assert "double is not written yet" in done.stdout
    assert "Score 6 / 10 (public checks; 2 hidden checks run on submission)" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr


def test_all_green_exits_0_and_names_the_hidden_checks(course: Path) -> None:
    (course / "assignments/step/step.py").write_text(RIGHT, encoding="utf-8")
    done = grade(course, "step")
    assert done.returncode == 0
    assert "2 hidden checks" in done.stdout
    assert "all passed" not in done.stdout.lower()


def test_check_is_the_long_form(course: Path) -> None:
    short, long = grade(course, "step", "--json"), grade(course, "check", "step", "--json")
    earned = [[q["earned"] for q in json.loads(d.stdout)["questions"]] for d in (short, long)]
    assert earned == [[0, 6], [0, 6]]


def test_json_stands_alone_on_stdout(course: Path) -> None:
    done = grade(course, "step", "--json")
    report = json.loads(done.stdout)
    assert done.returncode == 1
    assert done.stderr == ""
    assert (report["assignment"], report["earned"], report["possible"]) == ("step", 6, 10)
    keys = {"earned", "possible", "outcome", "checks"}
    assert all(keys <= set(question) for question in report["questions"])


def test_one_question(course: Path) -> None:
    done = grade(course, "step", "-q", "q2")
    assert done.returncode == 0
    assert "q1" not in done.stdout
    assert "Score 6 / 6" in done.stdout


def test_html_is_written_beside_the_text(course: Path) -> None:
    done = grade(course, "step", "--html", "report.html")
    page = (course / "report.html").read_text(encoding="utf-8")
    assert page.startswith("<!DOCTYPE html>") or page.lower().startswith("<!doctype html>")
    assert "double is not written yet" in page
    assert "Score" in done.stdout


@pytest.mark.parametrize(
    ("args", "code", "says"),
    [
        (("stp",), 2, "did you mean step"),
        (("lst",), 2, "list"),
        (("step", "-q", "q9"), 2, "it has q1, q2"),
        (("step", "--jsn"), 2, "--json"),
        (("step", "nowhere"), 2, "There is no file or folder"),
        (("step", "--html", "step.py"), 2, "needs a name ending in .html"),
        (("new", "status"), 2, "status is a command"),
        (("hint", "step", "q7"), 2, "has no question q7"),
        (("reset", "step", "other.py"), 2, "other.py"),
        (("new", "step"), 2, "step"),
        (("new", "Bad Name"), 2, "Bad Name"),
        (("verify", "step"), 3, "solutions/step"),
    ],
)
def test_what_is_wrong_is_told(course: Path, args: tuple[str, ...], code: int, says: str) -> None:
    done = grade(course, *args)
    assert done.returncode == code, done.stdout + done.stderr
    assert says in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


def test_outside_a_course_the_folder_is_named(tmp_path: Path) -> None:
    done = grade(tmp_path, "list")
    assert done.returncode == 2
    assert "no folder `assignments`" in done.stderr


def test_a_course_is_found_from_below(course: Path) -> None:
    assert "step" in grade(course / "assignments" / "step", "list").stdout


def test_a_broken_grader_exits_4_and_is_not_the_students_fault(course: Path) -> None:
    (course / "assignments/step/test_public.py").write_text("import nothing_here\n")
    done = grade(course, "step")
    assert done.returncode == 4
    assert "not your fault" in done.stdout
    assert json.loads(grade(course, "step", "--json").stdout)["outcome"] == "error"


def test_a_check_that_breaks_exits_4_while_the_others_count(course: Path) -> None:
    broken = GRADER.replace("expect(student.total", "1 / 0\n    expect(student.total")
    (course / "assignments/step/test_public.py").write_text(broken, encoding="utf-8")
    done = grade(course, "step")
    assert done.returncode == 4
    assert "not your fault" in done.stdout


def test_hints_come_in_stages(course: Path) -> None:
    first, second = grade(course, "hint", "step", "q1"), grade(course, "hint", "step", "q1", "2")
    assert "add each entry to itself" in first.stdout
    assert "hint step q1 2" in first.stdout
    assert "[2 * x" not in first.stdout
    assert "[2 * x" in second.stdout


def test_status_has_a_bar_each(course: Path) -> None:
    done = grade(course, "status")
    assert done.returncode == 0
    assert "step  ████████████░░░░░░░░  6 / 10" in done.stdout


def test_reset_keeps_a_backup(course: Path) -> None:
    folder = course / "assignments" / "step"
    (folder / ".original").mkdir()
    shutil.copy(folder / "step.py", folder / ".original" / "step.py")
    (folder / "step.py").write_text(RIGHT, encoding="utf-8")
    done = grade(course, "reset", "step", "step.py")
    assert done.returncode == 0
    assert (folder / "step.py").read_text(encoding="utf-8") == SKELETON
    assert (folder / "step.py.bak").read_text(encoding="utf-8") == RIGHT


def test_doctor_is_one_block(course: Path) -> None:
    done = grade(course, "doctor")
    assert done.returncode == 0
    for fact in ("python", "torch", "gpu", "isolation", "step"):
        assert fact in done.stdout


def test_a_narrow_terminal_and_an_old_code_page(course: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", "from autograder.cli import main; main()", "step"],
        cwd=course,
        capture_output=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "cp1252", "COLUMNS": "60"},
    )
    text = done.stdout.decode("cp1252")
    assert "Score 6 / 10" in text
    assert max(map(len, text.splitlines())) <= 60
    assert b"\x1b" not in done.stdout


def test_watch_grades_again_when_a_file_changes(course: Path) -> None:
    env = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1", "PYTHONUTF8": "1"}
    command = [sys.executable, "-c", "from autograder.cli import main; main()", "step", "--watch"]
    with subprocess.Popen(
        command, cwd=course, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=env
    ) as process:
        assert process.stdout is not None
        seen = _read_until(process, b"watching")
        (course / "assignments/step/step.py").write_text(RIGHT, encoding="utf-8")
        seen += _read_until(process, b"watching")
        process.send_signal(signal.SIGINT)
        process.wait(10)
    assert b"Score 6 / 10" in seen
    assert b"Score 10 / 10" in seen
    assert b"Traceback" not in seen


def _read_until(process: subprocess.Popen[bytes], word: bytes) -> bytes:
    assert process.stdout is not None
    seen, ends = b"", time.monotonic() + 20
    while word not in seen and time.monotonic() < ends:
        seen += process.stdout.readline()
    return seen
