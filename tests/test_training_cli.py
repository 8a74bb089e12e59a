"""`grade train` as people type it, in real processes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[1]
MANIFEST = """
title = "Shapes"
module = "net.py"
points = 1
torch = true
[[file]]
name = "net.py"
[[file]]
name = "weights.safetensors"
required = false
[training]
dataset = "shapes"
epochs = 3
parameters = 8000
[[question]]
id = "q1"
title = "a net"
points = 1
hints = ["begin small"]
"""
NET = """
import torch
import torch.nn.functional as F
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 4, 4, stride=4)
        self.out = nn.Linear(196, 10)

    def forward(self, x):
        return self.out(F.relu(self.conv(x)).flatten(1))


def train(model, data, budget):
    optimizer = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9)
    for epoch in range(budget.epochs):
        model.train()
        for images, labels in data.batches(50):
            optimizer.zero_grad()
            loss = F.cross_entropy(model(images), labels)
            loss.backward()
            optimizer.step()
            data.note(loss=loss, lr=0.05)
        data.evaluate(model)
        LATER
"""


@pytest.fixture
def course(tmp_path: Path) -> Path:
    folder = tmp_path / "assignments" / "forms"
    folder.mkdir(parents=True)
    (folder / "assignment.toml").write_text(MANIFEST)
    (folder / "net.py").write_text(NET.replace("LATER", "pass"))
    return tmp_path


def started(course: Path, *arguments: str, **more: Any) -> subprocess.Popen[str]:
    script = "from autograder.cli import main; main()"
    hidden = ("GRADER_DATA", "FORCE_COLOR", "NO_COLOR")
    kept = {name: value for name, value in os.environ.items() if name not in hidden}
    kept |= {"PYTHONPATH": str(ROOT), "COLUMNS": "60", "PYTHONUTF8": "1"}
    kept |= {"XDG_CACHE_HOME": str(course / "cache"), "HOME": str(course)}
    pipes: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **more}
    return subprocess.Popen(
        [sys.executable, "-c", script, *arguments], cwd=course, env=kept, text=True, **pipes
    )


def grade(course: Path, *arguments: str) -> tuple[int, str, str]:
    """Return the exit code of a command, and what it wrote to its two streams."""
    process = started(course, *arguments)
    out, err = process.communicate(timeout=500)
    assert "Traceback" not in out + err
    return process.returncode, out, err


def work_of(course: Path) -> Path:
    return course / "assignments" / "forms"


def replace(course: Path, old: str, new: str) -> None:
    path = work_of(course) / "net.py"
    path.write_text(path.read_text().replace(old, new))


@pytest.mark.parametrize(
    ("old", "new", "arguments", "code", "words"),
    [
        ("", "", ["nowhere"], 2, "there is no assignment called 'nowhere'"),
        ("", "", ["forms", "nothing.py"], 2, "There is no file or folder nothing.py"),
        ("", "", ["forms", "--epochs", "4"], 2, "the budget of forms is 3 epochs"),
        ("", "", ["forms", "--epochs", "0"], 2, "--epochs"),
        ("", "", ["forms", "--device", "tpu"], 2, "tpu"),
        ("epochs = 3\n", "", ["forms"], 2, "sets no number of epochs: add --epochs N"),
        (
            '[training]\ndataset = "shapes"\nepochs = 3\nparameters = 8000\n',
            "",
            ["forms"],
            2,
            "forms has nothing to train",
        ),
        ('"shapes"', '"mnist"', ["forms"], 3, "mnist"),
        ('"shapes"', '"mnist"', ["forms", "--data", "."], 3, "mnist"),
    ],
)
def test_what_cannot_be_trained_is_told_before_anything_starts(
    course: Path, old: str, new: str, arguments: list[str], code: int, words: str
) -> None:
    pytest.importorskip("torch")
    manifest = work_of(course) / "assignment.toml"
    manifest.write_text(manifest.read_text().replace(old, new))
    found, out, err = grade(course, "train", *arguments)
    assert found == code and words in err + out
    assert not list(course.rglob("training.json"))


def test_help_names_every_option(course: Path) -> None:
    code, out, _ = grade(course, "train", "--help")
    options = ("--device", "--epochs", "--threads", "--seed", "--data", "--entry")
    assert code == 0 and all(option in out for option in options)


@pytest.mark.torch
def test_a_training_writes_weights_record_and_curves_beside_the_work(course: Path) -> None:
    pytest.importorskip("torch")
    work = work_of(course)
    code, out, err = grade(course, "train", "forms", "--epochs", "2", "--threads", "1")
    assert code == 0 and err == "" and "\r" not in out and "\x1b" not in out
    lines = out.splitlines()
    assert lines[0] == "graded descent · train forms · shapes · cpu, 1 thread"
    assert lines[1] == "budget: 2 epochs, fewer than 8,000 parameters; seed 0"
    assert [line.split(" ·")[0] for line in lines[2:4]] == ["epoch 1/2", "epoch 2/2"]
    assert lines[4].startswith("accuracy ") and lines[-1] == "next: grade forms"
    told = json.loads((work / "training.json").read_text())
    assert told["epochs"] == 2 and told["schema"] == 1 and told["assignment"] == "forms"
    assert told["budget"] == {"epochs": 2, "seconds": None, "parameters": 8000}
    assert f"{told['accuracy']:.2f} %" in lines[4] and told["accuracy"] > 15
    names = {path.name for path in work.iterdir()} - {"__pycache__"}
    assert names == {
        "assignment.toml",
        "net.py",
        "weights.safetensors",
        "training.json",
        "curves.svg",
    }

    first = (work / "weights.safetensors").read_bytes()
    replace(course, "LATER", "")
    replace(
        course, "        data.evaluate(model)\n", "        data.evaluate(model)\n        1 / 0\n"
    )
    code, out, err = grade(course, "train", "forms", "--threads", "1", "--seed", "7")
    assert code == 1 and err == "" and "ZeroDivisionError" in out and "net.py:" in out
    assert "the best state so far is kept" in out
    assert out.splitlines()[-1] == "next: grade train forms"
    assert (work / "weights.safetensors.bak").read_bytes() == first
    told = json.loads((work / "training.json").read_text())
    assert told["epochs"] == 1 and told["seed"] == 7 and told["interrupted"] is False
    assert json.loads((work / "training.json.bak").read_text())["epochs"] == 2


@pytest.mark.torch
@pytest.mark.skipif(os.name != "posix", reason="needs a pseudo-terminal")
def test_on_a_terminal_one_line_is_redrawn_and_ctrl_c_keeps_the_best(course: Path) -> None:
    pytest.importorskip("torch")
    replace(course, "        pass\n", "        import time; time.sleep(300)\n")
    ours, theirs = os.openpty()
    process = started(course, "train", "forms", "--threads", "1", stdout=theirs, stderr=theirs)
    os.close(theirs)
    shown = b""
    while b"epoch 1/3" not in shown:
        shown += os.read(ours, 4096)
    time.sleep(0.5)
    process.send_signal(signal.SIGINT)
    while True:
        try:
            shown += os.read(ours, 4096)
        except OSError:
            break
    assert process.wait(60) == 130
    os.close(ours)
    text = shown.decode()
    assert "\repoch 1/3" in text and "stopped" in text and "Traceback" not in text
    assert "the best state so far is kept" in text and "next: grade forms" in text
    told = json.loads((work_of(course) / "training.json").read_text())
    assert told["interrupted"] is True and told["epochs"] == 1
    assert (work_of(course) / "weights.safetensors").exists()
