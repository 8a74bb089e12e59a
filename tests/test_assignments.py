"""Every assignment of the course keeps every promise; those that can, without torch."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from autograder.assignment import load, names
from autograder.verify import verify

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT.parent / "shared" / "data"
NAMES = names(ROOT)
LIGHT = [name for name in NAMES if load(name, ROOT).light]
HEAVY = [name for name in NAMES if name not in LIGHT]
WRONG_AT_LEAST, RIGHT_AT_LEAST = 8, 5


@pytest.fixture(autouse=True)
def real_data(monkeypatch: pytest.MonkeyPatch) -> None:
    """Use the real data sets where they lie beside the course; without them, checks skip."""
    if DATA.is_dir():
        monkeypatch.setenv("GRADER_DATA", str(DATA))


def test_the_assignments_are_here() -> None:
    assert {"bn_matrix", "conv_as_fc", "counting", "s03_backprop"} <= set(LIGHT)
    assert {"lenet", "s02_mnist_adder", "s03_mnist", "s04_mnist", "s05_norms"} <= set(HEAVY)
    assert {"s06_cifar", "s07_resnet18", "s08_custom_resnet"} <= set(HEAVY)


def promises_hold(name: str) -> None:
    proof = verify(load(name, ROOT), jobs=min(os.cpu_count() or 1, 4))
    assert proof.holds, "\n".join(f"{b.where}: {b.says}" for b in proof.broken)
    assert len(proof.of("wrong")) >= WRONG_AT_LEAST
    assert len(proof.of("right")) >= RIGHT_AT_LEAST


@pytest.mark.parametrize("name", LIGHT)
def test_every_promise_holds(name: str) -> None:
    promises_hold(name)


@pytest.mark.slow
@pytest.mark.torch
@pytest.mark.skipif(find_spec("torch") is None, reason="needs torch")
@pytest.mark.parametrize("name", HEAVY)
def test_every_promise_of_a_network_holds(name: str) -> None:
    promises_hold(name)


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


@pytest.mark.parametrize("name", LIGHT)
def test_the_judge_imports_neither_torch_nor_otter(name: str) -> None:
    command = [sys.executable, "-c", TRAP, "grade.py", name, f"solutions/{name}", "--json"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    report = json.loads(done.stdout)
    assert report["earned"] == report["possible"] == 100


@pytest.mark.parametrize("name", LIGHT)
def test_no_file_of_a_light_assignment_imports_torch(name: str) -> None:
    folders = (ROOT / "assignments" / name, ROOT / "solutions" / name)
    for path in (p for folder in folders for p in folder.rglob("*.py")):
        lines = path.read_text(encoding="utf-8").splitlines()
        assert not any(line.strip().startswith(("import torch", "from torch")) for line in lines)


@pytest.mark.skipif(find_spec("torch") is not None, reason="torch is installed here")
@pytest.mark.parametrize("name", HEAVY[:1])
def test_without_torch_the_one_command_is_named(name: str) -> None:
    command = [sys.executable, "grade.py", name, f"solutions/{name}"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 3 and "pip install" in done.stderr and "200 MB" in done.stderr
