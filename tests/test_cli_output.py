"""Where the output cannot go: told in our words, never a traceback, and a status that says so."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from test_cli import ROOT, course

__all__ = ["course"]
RUN = "from autograder.cli import main; main()"
FULL = Path("/dev/full")
full = pytest.mark.skipif(not FULL.exists(), reason="this system has no /dev/full")
posix = pytest.mark.skipif(os.name != "posix", reason="needs a POSIX shell")
LONG = "each entry is twice the one that was given " * 400
COMMANDS = ["--help", "list", "step", "step --json", "hint step q1", "hint --help", "submit step"]


def shell(course: Path, line: str) -> subprocess.CompletedProcess[str]:
    """Run a line of shell in which `grade` stands for the command."""
    grade = f"{shlex.quote(sys.executable)} -c '{RUN}'"
    return subprocess.run(
        ["bash", "-c", line.replace("grade ", f"{grade} ")],
        cwd=course,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"},
    )


@full
@pytest.mark.parametrize("command", COMMANDS)
def test_a_full_disk_is_told(course: Path, command: str) -> None:
    done = shell(course, f"grade {command} > /dev/full")
    assert done.returncode == 3, done.stderr
    assert "The output cannot be written: No space left on device." in done.stderr
    assert "Traceback" not in done.stderr and "Exception ignored" not in done.stderr


@full
def test_a_full_disk_is_told_of_more_than_fits_a_buffer(course: Path) -> None:
    manifest = course / "assignments/step/assignment.toml"
    text = manifest.read_text("utf-8").replace('title = "A first step"', f'title = "{LONG}"')
    manifest.write_text(text, encoding="utf-8")
    done = shell(course, "grade step --json > /dev/full")
    assert (done.returncode, done.stderr.count("\n")) == (3, 2), done.stderr


@full
def test_where_even_the_message_cannot_go_the_status_says_it(course: Path) -> None:
    done = shell(course, "grade list > /dev/full 2>&1")
    assert (done.returncode, done.stdout, done.stderr) == (3, "", "")
    done = shell(course, "grade nope 2> /dev/full")
    assert (done.returncode, done.stdout, done.stderr) == (3, "", "")


@posix
@pytest.mark.parametrize("command", COMMANDS)
def test_a_reader_that_has_gone_ends_it_without_a_word(course: Path, command: str) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [sys.executable, "-c", RUN, *command.split()],
        cwd=course,
        stdout=writer,
        stderr=subprocess.PIPE,
        check=False,
        timeout=60,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    os.close(writer)
    assert (done.returncode, done.stderr) == (141, b"")


@posix
def test_the_first_line_can_be_read_alone(course: Path) -> None:
    done = shell(course, "grade list | head -1")
    assert done.stdout.startswith("step ") and done.stderr == ""


@posix
@pytest.mark.parametrize(("command", "code"), [("step", 1), ("list", 0), ("nope", 2)])
def test_without_an_output_the_status_is_the_answer(course: Path, command: str, code: int) -> None:
    for closed in (">&-", ">&- 2>&-", "<&- >&- 2>&-"):
        done = shell(course, f"grade {command} {closed}")
        assert done.returncode == code, done.stderr
        assert "Traceback" not in done.stderr


def test_a_fault_of_ours_is_no_fault_of_the_output(course: Path) -> None:
    code = "from autograder import cli\n@cli.cli.command()\ndef broken(): raise {}\ncli.main()\n"
    for error in ("OSError(28, 'No space left')", "BrokenPipeError(32, 'Broken pipe')"):
        done = subprocess.run(
            [sys.executable, "-c", code.format(error), "broken"],
            cwd=course,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
        assert done.returncode == 1
        assert error.partition("(")[0] in done.stderr
