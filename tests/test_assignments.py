"""Every assignment of the course keeps every promise, and needs no torch."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from autograder.assignment import load, names
from autograder.verify import verify

ROOT = Path(__file__).resolve().parents[1]
NAMES = names(ROOT)
WRONG_AT_LEAST, RIGHT_AT_LEAST = 8, 5


def test_the_four_assignments_are_here() -> None:
    assert {"bn_matrix", "conv_as_fc", "counting", "s03_backprop"} <= set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_every_promise_holds(name: str) -> None:
    proof = verify(load(name, ROOT), jobs=min(os.cpu_count() or 1, 4))
    assert proof.holds, "\n".join(f"{b.where}: {b.says}" for b in proof.broken)
    assert len(proof.of("wrong")) >= WRONG_AT_LEAST
    assert len(proof.of("right")) >= RIGHT_AT_LEAST


TRAP = """
import runpy, sys

class Trap:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {"torch", "otter"}:
            raise RuntimeError(name + " was imported")

sys.meta_path.insert(0, Trap())
sys.argv = sys.argv[1:]
runpy.run_path(sys.argv[0], run_name="__main__")
"""


@pytest.mark.parametrize("name", NAMES)
def test_the_judge_imports_neither_torch_nor_otter(name: str) -> None:
    command = [sys.executable, "-c", TRAP, "grade.py", name, f"solutions/{name}", "--json"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    report = json.loads(done.stdout)
    assert report["earned"] == report["possible"] == 100


@pytest.mark.parametrize("name", NAMES)
def test_no_file_of_an_assignment_imports_torch(name: str) -> None:
    folders = (ROOT / "assignments" / name, ROOT / "solutions" / name)
    for path in (p for folder in folders for p in folder.rglob("*.py")):
        lines = path.read_text(encoding="utf-8").splitlines()
        assert not any(line.strip().startswith(("import torch", "from torch")) for line in lines)
