"""The scripts of the autograder zip, and the zip really built and run in a clean root."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from clean_root import side
from clean_root.hostile import hostile

from autograder.assignment import load
from autograder.release import gradescope
from autograder.release.gradescope import members
from autograder.release.members import archive

ROOT = Path(__file__).resolve().parents[1]
CLEAN_ROOT = ROOT / "scripts" / "clean_root.sh"
LIGHT = load("bn_matrix", ROOT)
PYTHONS = ("3.10", "3.11", "3.12", "3.13")
SYSTEM_PYTHON = Path("/usr/bin/python3")
SCRIPTS = [gradescope.PLATFORM / name for name in gradescope.SCRIPTS]


@pytest.mark.parametrize("script", [*SCRIPTS, CLEAN_ROOT], ids=lambda path: path.name)
def test_scripts_are_bash(script: Path) -> None:
    done = subprocess.run(["bash", "-n", str(script)], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert b"\r" not in script.read_bytes()


def run_autograder(base: Path, home: Path) -> subprocess.CompletedProcess[str]:
    script = gradescope.PLATFORM / "run_autograder"
    environment = {**os.environ, "GRADED_DESCENT": str(home)}
    command = ["bash", str(script), str(base)]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)


def test_a_grader_that_is_gone_leaves_a_valid_result(tmp_path: Path) -> None:
    done = run_autograder(tmp_path, tmp_path / "gone")
    assert done.returncode == 0 and "for staff" in done.stderr
    said, good = side.look(tmp_path / "results/results.json")
    assert good, said
    told = json.loads((tmp_path / "results/results.json").read_text())
    assert told["score"] == 0 and "not your fault" in told["output"]


@pytest.mark.parametrize("code", ["raise SystemExit(1)", "import os; os.kill(os.getpid(), 9)"])
def test_a_grader_that_dies_at_once_leaves_a_valid_result(tmp_path: Path, code: str) -> None:
    (tmp_path / "bin").mkdir()
    python = tmp_path / "bin" / "python"
    python.write_text(f"#!{sys.executable}\n{code}\n")
    python.chmod(0o755)
    assert run_autograder(tmp_path, tmp_path).returncode != 0
    said, good = side.look(tmp_path / "results/results.json")
    assert good, said


@pytest.mark.parametrize(
    ("metadata", "score"),
    [
        ('{"previous_submissions": [{"score": 3}, {"score": 6.5}]}', 6.5),
        ('{"previous_submissions": [{"score": 3}, {"score": 6, "autograder_error": true}]}', 3),
        ('{"previous_submissions": [{"score": 3}, {"score": null}]}', 3),
        ('\ufeff{"previous_submissions": [{"score": "7.25"}]}', 7.25),
        *((text, 0) for text in ("", "{", "[]", '{"previous_submissions": []}')),
        ('{"previous_submissions": [{"score": NaN}]}', 0),
        ('{"previous_submissions": [{"score": -1}]}', 0),
        ('{"previous_submissions": [{"score": 1e300}]}', 0),
        ('{"previous_submissions": [{"score": "1\\", \\"score\\": 100"}]}', 0),
    ],
)
def test_a_grader_that_cannot_start_keeps_the_earlier_score(
    tmp_path: Path, metadata: str, score: float
) -> None:
    (tmp_path / "submission_metadata.json").write_text(metadata, encoding="utf-8")
    assert run_autograder(tmp_path, tmp_path / "gone").returncode == 0
    said, good = side.look(tmp_path / "results" / "results.json")
    assert good, said
    told = json.loads((tmp_path / "results" / "results.json").read_text())
    assert told["score"] == score
    assert [test["visibility"] for test in told["tests"]] == ["hidden"]


def test_the_grader_is_given_the_base_and_its_result_stays(tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    python = tmp_path / "bin" / "python"
    python.write_text('#!/bin/sh\necho "$@" > "$4/results/results.json"\n')
    python.chmod(0o755)
    assert run_autograder(tmp_path, tmp_path).returncode == 0
    told = (tmp_path / "results/results.json").read_text()
    assert told == f"-I -m autograder.gradescope {tmp_path}\n"


def test_setup_names_what_to_choose_where_its_python_is_missing(tmp_path: Path) -> None:
    for member in members(LIGHT, ROOT, python="3.77"):
        target = tmp_path / member.path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(member.data)
    environment = {**os.environ, "GRADED_DESCENT": str(tmp_path / "home")}
    done = subprocess.run(
        ["bash", str(tmp_path / "setup.sh")], env=environment, capture_output=True, text=True
    )
    assert done.returncode == 1 and not (tmp_path / "home").exists()
    assert "no python3.77" in done.stderr and "--python" in done.stderr


@pytest.mark.parametrize(
    ("content", "good"),
    [
        ('{"score": 1}', True),
        ('{"score": NaN}', False),
        ('{"score": 1, "more": 2}', False),
        ('{"tests": [{"number": "1", "score": 1}, {"number": "1", "score": 1}]}', False),
        ("", False),
        ("[]", False),
    ],
)
def test_the_look_at_a_result_sees_what_is_wrong(tmp_path: Path, content: str, good: bool) -> None:
    (tmp_path / "results.json").write_text(content)
    assert side.look(tmp_path / "results.json")[1] is good


def system_python() -> str:
    """Return the version of this system's Python, "" where it can make no environment."""
    code = "import ensurepip, sys, venv; print('%d.%d' % sys.version_info[:2])"
    if not SYSTEM_PYTHON.exists():
        return ""
    done = subprocess.run([str(SYSTEM_PYTHON), "-c", code], capture_output=True, text=True)
    return done.stdout.strip()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="it reads /proc and forks")
def test_the_hostile_submission_wins_where_nothing_is_kept_apart(tmp_path: Path) -> None:
    """The control of the test in a clean root: there the same code gets nothing."""
    result = tmp_path / "results" / "results.json"
    secret = tmp_path / "source" / "solutions" / "bn.py"
    for path in (result, secret):
        path.parent.mkdir(parents=True)
        path.write_text("honest")
    source = hostile("").replace("/autograder", str(tmp_path))
    # A file, not a pipe: the daemon would keep that open.
    with (tmp_path / "said").open("w") as said:
        subprocess.run([sys.executable, "-c", source], stdout=said, timeout=60)
    loot = (tmp_path / "said").read_text()
    assert "LOOT" in loot and str(secret) in loot
    until = time.monotonic() + 10
    # The file is empty for a moment each time it is written anew.
    while (told := result.read_text()) in ("honest", "") and time.monotonic() < until:
        time.sleep(0.01)
    assert json.loads(told) == {"score": 1000}


@pytest.mark.slow
@pytest.mark.skipif(
    not sys.platform.startswith("linux") or os.geteuid() != 0, reason="needs root on Linux"
)
def test_the_zip_is_built_and_run_in_a_clean_root(tmp_path: Path) -> None:
    python = system_python()
    if python not in PYTHONS:
        pytest.skip("this system's /usr/bin/python3 is too old, or lacks its module venv")
    (tmp_path / "a.zip").write_bytes(archive(members(LIGHT, ROOT, python=python)))
    skeleton = (LIGHT.folder / LIGHT.module).read_text()
    assert LIGHT.solution is not None
    works = {
        "reference": (LIGHT.solution / LIGHT.module).read_text(),
        "skeleton": skeleton,
        "hostile": hostile(skeleton),
    }
    for name, source in works.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / LIGHT.module).write_text(source)
    given = [f"{name}={tmp_path / name}" for name in works]
    out = tmp_path / "out"
    command = ["bash", str(CLEAN_ROOT), str(tmp_path / "a.zip"), str(out), *given]
    environment = {**os.environ, "PYTHON": sys.executable}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=550)
    assert done.returncode == 0, done.stdout + done.stderr
    scores = {n: json.loads((out / n / "results.json").read_text())["score"] for n in works}
    assert scores == {"reference": LIGHT.points, "skeleton": 0, "hostile": 0}
    assert "LOOT" not in (out / "hostile" / "results.json").read_text()
    lines = (out / "summary.txt").read_text().splitlines()[1:]
    assert all("exit 0" in line and ", 0 processes left" in line for line in lines), lines
