"""`--retrain`: the work is trained again, and its process never sees a test image."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.torch

from autograder.assignment import Training  # noqa: E402
from autograder.datasets import load  # noqa: E402
from autograder.training.run import Plan, _splits  # noqa: E402

ROOT = Path(__file__).resolve().parents[1]
MANIFEST = """
title = "Tiny"
module = "net.py"
points = 10
torch = true
[[file]]
name = "net.py"
[[file]]
name = "weights.safetensors"
required = false
[training]
dataset = "shapes"
epochs = 2
tiers = [30]
[[question]]
id = "q1"
title = "accuracy"
points = 10
hints = ["train"]
"""
NET = """
import torch
from torch import nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(nn.Flatten(), nn.Linear(784, 10))

    def forward(self, x):
        return self.layers(x)

def train(model, data, budget):
    optimizer = torch.optim.Adam(model.parameters(), 1e-3)
    for _ in range(budget.epochs):
        for images, labels in data.batches(100):
            optimizer.zero_grad()
            nn.functional.cross_entropy(model(images), labels).backward()
            optimizer.step()
        data.evaluate(model)
"""
CHECK = '''
from autograder.checks import question
from autograder.checks.graph import graph
from autograder.checks.shelf import put_weights, reaches
from autograder.checks.weights import read_weights

@question("q1")
def test_accuracy(student, files, data, budget):
    """the weights name 30 % of the shapes"""
    model = student.Net()
    put_weights(model, read_weights(files, "weights.safetensors"))
    reaches(data.accuracy(graph(model, (1, 28, 28)), budget.dataset), budget)
'''


@pytest.fixture
def course(tmp_path: Path) -> Path:
    folder = tmp_path / "assignments" / "tiny"
    folder.mkdir(parents=True)
    (folder / "assignment.toml").write_text(MANIFEST)
    (folder / "net.py").write_text(NET)
    (folder / "test_public.py").write_text(CHECK)
    return tmp_path


def grade(course: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    code = "import sys; from autograder.cli import main; sys.argv[0] = 'grade'; main()"
    command = [sys.executable, "-c", code, "tiny", *arguments]
    return subprocess.run(command, cwd=course, capture_output=True, text=True, timeout=120)


def test_work_without_weights_is_trained_and_graded(course: Path) -> None:
    assert grade(course).returncode == 1
    done = grade(course, "--retrain")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "epoch 2/2" in done.stdout and "Score 10 / 10" in done.stdout
    files = sorted(p.name for p in (course / "assignments" / "tiny").iterdir())
    assert files == ["assignment.toml", "net.py", "test_public.py"]


def test_a_training_that_fails_leaves_no_weights(course: Path) -> None:
    broken = NET.replace("optimizer.step()", "raise RuntimeError('no more')")
    (course / "assignments" / "tiny" / "net.py").write_text(broken)
    done = grade(course, "--retrain")
    assert done.returncode == 1 and "no more" in done.stdout


def test_the_test_images_stay_with_the_judge() -> None:
    plain, secret = (_splits(Training("shapes"), Plan(1, secret=s)) for s in (False, True))
    whole = load("shapes", "train")
    assert np.array_equal(plain["test"].images, load("shapes", "test").images)
    assert np.array_equal(secret["test"].images, whole.images[-len(whole.labels) // 10 :])
    assert np.array_equal(secret["train"].images, whole.images)


def test_the_json_report_of_retrained_work_is_still_json(course: Path) -> None:
    done = grade(course, "--retrain", "--json")
    assert json.loads(done.stdout[done.stdout.index("{") :])["earned"] == 10
