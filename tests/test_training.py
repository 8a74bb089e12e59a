"""Trainings in real workers: one that is right, and everything that students do instead."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.torch

from safetensors.numpy import load_file  # noqa: E402

from autograder import assignment as assignments  # noqa: E402
from autograder.assignment import Assignment, Handin, Limits  # noqa: E402
from autograder.checks import training as checks  # noqa: E402
from autograder.checks.failure import CheckFailed  # noqa: E402
from autograder.datasets import DataMissing, Split  # noqa: E402
from autograder.report import Finding  # noqa: E402
from autograder.submission import Submission  # noqa: E402
from autograder.training.run import Plan, Trained, train  # noqa: E402
from autograder.wall.exchange import Exchange  # noqa: E402
from autograder.wall.failure import StudentFailure  # noqa: E402
from autograder.wall.proxy import Student  # noqa: E402
from autograder.wall.warm import Warm  # noqa: E402

TRAIN, TEST, BATCH = 240, 60, 32
NET = """
import torch
import torch.nn.functional as F
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 4, 3, stride=2)
        self.norm = nn.BatchNorm2d(4)
        self.out = nn.Linear(4 * 3 * 3, 3)

    def forward(self, x):
        x = F.relu(self.norm(self.conv(x)))
        return self.out(x.view(len(x), -1))


def fit(model, data, epochs, lr=0.1):
    optimizer = torch.optim.SGD(model.parameters(), lr=lr, momentum=0.9)
    for epoch in range(epochs):
        model.train()
        for images, labels in data.batches(32, crop=1):
            optimizer.zero_grad()
            loss = F.cross_entropy(model(images), labels)
            loss.backward()
            optimizer.step()
            data.note(loss=loss, lr=lr)
        data.evaluate(model)

"""
GOOD = NET + "def train(model, data, budget):\n    fit(model, data, budget.epochs)\n"


def split(part: str, number: int) -> Split:
    """Return images (n, 1, 8, 8) of three classes: which third of the rows is bright."""
    draw = np.random.default_rng(number)
    labels = np.arange(number) % 3
    images = draw.integers(0, 90, (number, 1, 8, 8), dtype=np.uint8)
    for n, label in enumerate(labels):
        images[n, 0, label * 3 : label * 3 + 2] += 120
    return Split("rows", part, images, labels.astype(np.int64), tuple("abc"), (0.3,), (0.2,))


@pytest.fixture(scope="module")
def warm() -> Iterator[Warm]:
    held = Warm.start("torch")
    yield held
    held.close()


@dataclass
class Bench:
    """Trains sources of a student and keeps the rows of progress of the last one."""

    folder: Path
    warm: Warm
    rows: list[dict[str, Any]] = field(default_factory=list)

    def assignment(self, **table: Any) -> Assignment:
        told = assignments.Training("rows", **{"epochs": 3, **table})
        files = (Handin("net.py"),)
        slow = Limits(call_seconds=60.0)
        return Assignment(
            "lines", "Lines", self.folder, None, "net.py", files, (), slow, training=told
        )

    def work(self, source: str) -> Submission:
        folder = self.folder / "work"
        folder.mkdir(exist_ok=True)
        (folder / "net.py").write_text(source)
        return Submission(folder, folder / "net.py", ("net.py",), (), (), "", "work")

    def train(self, source: str, plan: Plan | None = None, follow: Any = None) -> Trained:
        given, work = plan or Plan(epochs=3), self.work(source)
        return train(
            self.assignment(), work, given, follow or self.rows.append, spawn=self.warm.spawn
        )

    def failing(self, source: str, plan: Plan | None = None) -> Finding:
        trained = self.train(source, plan)
        assert trained.failure is not None
        return trained.failure.finding


@pytest.fixture
def bench(tmp_path: Path, warm: Warm, monkeypatch: pytest.MonkeyPatch) -> Bench:
    sizes = {"train": TRAIN, "test": TEST}
    made = lambda name, part, folder=None: split(part, sizes[part])  # noqa: E731
    monkeypatch.setattr("autograder.datasets.load", made)
    return Bench(tmp_path, warm)


def test_a_training_is_counted_followed_and_kept(bench: Bench) -> None:
    trained = bench.train(GOOD)
    told = trained.record
    assert trained.failure is None and not trained.interrupted
    assert told["epochs"] == 3 and told["samples"] == 3 * TRAIN
    assert told["batch_sizes"] == [TRAIN % BATCH, BATCH]
    assert told["parameters"] == 40 + 8 + 36 * 3 + 3
    assert told["accuracy"] == told["history"][-1]["accuracy"] > 90
    assert [row["epoch"] for row in told["history"]] == [1, 2, 3]
    assert told["best"]["accuracy"] == max(row["accuracy"] for row in told["history"])
    assert told["history"][2]["loss"] < told["history"][0]["loss"]
    assert {row["lr"] for row in told["history"]} == {0.1}
    kinds = [row["kind"] for row in bench.rows]
    assert kinds[0] == "start" and kinds.count("epoch") == 3
    assert trained.weights is not None
    tensors = load_file(trained.weights)
    assert tensors["out.weight"].shape == (3, 36) and tensors["norm.running_var"].shape == (4,)


def test_the_same_seed_gives_the_same_weights(bench: Bench) -> None:
    found = []
    for seed in (0, 0, 1):
        weights = bench.train(GOOD, Plan(epochs=1, seed=seed)).weights
        assert weights is not None
        found.append(load_file(weights)["out.weight"])
    assert np.array_equal(found[0], found[1]) and not np.array_equal(found[0], found[2])


@pytest.mark.parametrize(
    ("body", "kind", "words"),
    [
        ("return 1", "value", "train never read any batch"),
        ("data.evaluate(model)", "value", "train never read any batch"),
        ("raise NotImplementedError", "unwritten", "train is not written yet"),
        ("raise KeyError('lr')", "raised", "train raised KeyError: 'lr'"),
        ("fit(model, data, 99)", "raised", "BudgetSpent: the budget of 3 epochs is used up"),
        ("while True: [0 for _ in data.batches(8)]", "raised", "720 of 720 images were handed"),
        ("fit(Net(), data, 1)", "value", "train left the model as it was"),
        ("[0 for _ in data.batches(8)]", "value", "train left the model as it was"),
        ("fit(model, data, 1); return nn.Linear(2, 2)", "value", "not those of Net()"),
        ("fit(model, data, 3, lr=float('nan'))", "value", "nan or infinity in conv.weight"),
        ("import os; os._exit(3)", "died", "while running train, the process ended with exit"),
        ("import sys; sys.exit()", "raised", "your code asked the whole program to stop"),
        ("data.batches(0)", "raised", "data.batches wants a whole number of images, not 0"),
        ("data.batches(8, scale=1)", "raised", "scale 0 to 1"),
        ("data.evaluate(nn.Flatten())", "raised", "the model gave shape (60, 64) for 60 images"),
        ("data.evaluate(len)", "raised", "data.evaluate wants a model, not a builtin_function"),
        ("data.note(loss=torch.zeros(7))", "raised", "the loss as one number, not of shape (7,)"),
        ("data.note(loss='low')", "raised", "train raised"),
    ],
)
def test_what_goes_wrong_is_said(bench: Bench, body: str, kind: str, words: str) -> None:
    source = NET + f"def train(model, data, budget):\n    {body}\n"
    trained = bench.train(source)
    assert trained.failure is not None and trained.failure.finding.kind == kind
    assert words in trained.failure.finding.message
    if kind == "raised":
        assert trained.failure.finding.where.startswith("net.py:")
    if kind == "value":
        assert trained.weights is None and trained.failure.finding.hint


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("x = 1", "net.py has no class Net"),
        ("Net = 3", "net.py has no class Net"),
        ("def Net(): return 3", "Net() gave a int, a torch.nn.Module was wanted"),
        (NET, "net.py has no function train"),
        ("def Net(): return 1 / 0", "ZeroDivisionError"),
        ("import nothing_of_this_name", "importing net.py raised ModuleNotFoundError"),
        ("def f(:", "SyntaxError"),
    ],
)
def test_a_module_that_lacks_something_is_told_so(bench: Bench, source: str, words: str) -> None:
    assert words in bench.failing(source).message


@pytest.mark.parametrize(
    "ending",
    [
        "fit(model, data, 3); return [1.0, 2.0]",
        "fit(model, data, 3); return model",
        "other = Net(); fit(other, data, 3); return other",
        "fit(model, data, 3); return torch.compile(model, backend='eager')",
        "fit(model, data, 3); print('x' * 10**7)",
    ],
)
def test_what_train_returns_or_prints_does_no_harm(bench: Bench, ending: str) -> None:
    trained = bench.train(NET + f"def train(model, data, budget):\n    {ending}\n")
    assert trained.failure is None and trained.record["accuracy"] > 90
    assert trained.weights is not None and "out.weight" in load_file(trained.weights)


def test_the_best_state_is_kept_when_a_later_epoch_raises(bench: Bench) -> None:
    source = NET + "def train(model, data, budget):\n    fit(model, data, 2)\n    1 / 0\n"
    trained = bench.train(source)
    assert trained.failure is not None and trained.weights is not None
    assert trained.weights.name == "best.safetensors"
    assert trained.record["accuracy"] == trained.record["best"]["accuracy"] > 50
    assert trained.record["epochs"] == 2


def test_the_state_of_another_model_is_not_kept_as_the_best(bench: Bench) -> None:
    wrapped = "fit(model, data, 1); data.evaluate(nn.Sequential(model)); 1 / 0"
    alone = "[0 for _ in data.batches(8)]; data.evaluate(nn.Sequential(model)); 1 / 0"
    for body, kept in ((wrapped, True), (alone, False)):
        (bench.folder / "work" / "best.safetensors").unlink(missing_ok=True)
        weights = bench.train(NET + f"def train(model, data, budget):\n    {body}\n").weights
        assert (weights is not None) == kept
        assert weights is None or "out.weight" in load_file(weights)


def test_a_training_without_end_is_ended(bench: Bench) -> None:
    source = (
        NET + "def train(model, data, budget):\n    import time\n    fit(model, data, 1)\n"
        "    while True: time.sleep(0.1)\n"
    )
    started = time.monotonic()
    trained = bench.train(source, Plan(epochs=3, seconds=8.0))
    assert trained.failure is not None and time.monotonic() - started < 100
    found = trained.failure.finding
    assert found.kind == "timeout" and "still running after 8 s" in found.message
    assert "--epochs" in found.hint
    assert trained.weights is not None and trained.record["epochs"] == 1


def test_ctrl_c_ends_the_worker_and_keeps_the_best(bench: Bench) -> None:
    source = NET + (
        "def train(model, data, budget):\n    import os\n"
        "    open('pid', 'w').write(str(os.getpid()))\n"
        "    import time\n    fit(model, data, 1)\n    while True: time.sleep(0.1)\n"
    )

    def follow(row: dict[str, Any]) -> None:
        if row["kind"] == "epoch":
            main = threading.main_thread().ident
            assert main is not None
            threading.Timer(0.01, signal.pthread_kill, (main, signal.SIGINT)).start()

    trained = bench.train(source, follow=follow)
    assert trained.interrupted and trained.failure is None
    assert trained.record["interrupted"] is True and trained.weights is not None
    pid = int((bench.folder / "work" / "pid").read_text())
    for _ in range(400):
        state = Path(f"/proc/{pid}/stat")
        if not state.exists() or ") Z " in state.read_text():
            return
        time.sleep(0.05)
    os.kill(pid, signal.SIGKILL)
    pytest.fail("the worker lived on")


def test_a_link_in_the_place_of_the_weights_is_not_followed(bench: Bench, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("secret")
    source = NET + (
        f"def train(model, data, budget):\n    import os\n"
        f"    os.symlink({str(secret)!r}, 'best.safetensors')\n    os._exit(0)\n"
    )
    trained = bench.train(source)
    assert trained.failure is not None and trained.weights is None


def test_a_forged_progress_does_not_reach_the_judge(bench: Bench) -> None:
    lines = '{"kind": "epoch", "epoch": "<b>", "accuracy": 1e999, "lr": [], "x": 1}\n[]\n{\n'
    source = NET + (
        f"def train(model, data, budget):\n    open('progress.jsonl', 'a').write({lines!r})\n"
        "    fit(model, data, 1)\n"
    )
    trained = bench.train(source)
    forged, real = trained.record["history"]
    assert forged["epoch"] is None and forged["accuracy"] is None and "x" not in forged
    assert real["epoch"] == 1 and trained.record["best"]["epoch"] == 1


def test_models_that_cannot_do_with_channels_last_are_trained_all_the_same(bench: Bench) -> None:
    lazy = GOOD.replace("nn.Linear(4 * 3 * 3, 3)", "nn.LazyLinear(3)")
    assert bench.train(lazy).record["accuracy"] > 90
    strict = GOOD.replace("x = F.relu(", "assert x.is_contiguous()\n        x = F.relu(")
    assert bench.train(strict).record["accuracy"] > 90


def test_missing_data_are_not_the_students_fault(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    def load(name: str, part: str, folder: Path | None = None) -> Split:
        raise DataMissing(f"{name} is not here")

    monkeypatch.setattr("autograder.datasets.load", load)
    with pytest.raises(DataMissing, match="rows is not here"):
        bench.train(GOOD)


def test_the_schedule_of_a_student_is_probed_without_training(bench: Bench, warm: Warm) -> None:
    source = (
        "import torch\n"
        "def make(optimizer, steps):\n"
        "    return torch.optim.lr_scheduler.OneCycleLR(optimizer, 0.5, total_steps=steps)\n"
        "def nothing(optimizer): pass\n"
        "def short(optimizer):\n"
        "    return torch.optim.lr_scheduler.OneCycleLR(optimizer, 0.5, total_steps=5)\n"
    )
    exchange = Exchange(bench.work(source).module, bench.assignment().limits, spawn=warm.spawn)
    student = Student(exchange)
    try:
        rates = checks.probe_schedule(student.make, 100, 100)
        assert rates.shape == (100,) and rates.max() == pytest.approx(0.5)
        assert checks.describe_schedule(rates, 10).peak == 29
        with pytest.raises(StudentFailure, match=r"nothing raised TypeError: it gave a NoneType"):
            checks.probe_schedule(student.nothing, 3)
        with pytest.raises((StudentFailure, CheckFailed), match="short raised ValueError"):
            checks.probe_schedule(student.short, 9)
    finally:
        exchange.close()
