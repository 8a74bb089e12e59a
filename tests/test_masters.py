"""The masters are real: weights that were trained inside their budgets, measured again here."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytestmark = [pytest.mark.torch, pytest.mark.slow]

from autograder.assignment import load  # noqa: E402
from autograder.checks.behaviour import accuracy  # noqa: E402
from autograder.checks.graph import own_graph  # noqa: E402
from autograder.checks.run import load_module  # noqa: E402
from autograder.checks.weights import parse_weights  # noqa: E402
from autograder.datasets import Split  # noqa: E402
from autograder.datasets import load as load_data  # noqa: E402

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT.parent / "shared" / "data"
needs_data = pytest.mark.skipif(not DATA.is_dir(), reason="the real data sets are not here")

# name, shape of an image, per cent wanted on the test images, numbers at most
MASTERS = {
    "lenet": ((3, 32, 32), 65.0, 62_050),  # the variant with batch norm
    "s03_mnist": ((1, 28, 28), 99.4, 19_999),
    "s04_mnist": ((1, 28, 28), 99.4, 7_999),
    "s06_cifar": ((3, 32, 32), 85.0, 199_999),
}


def model_of(name: str) -> Any:
    """Return the master's model with its committed weights."""
    assignment = load(name, ROOT)
    assert assignment.training is not None
    folder = ROOT / "solutions" / name
    module = load_module(folder / assignment.module, f"master_{name}")
    model = getattr(module, assignment.training.model)()
    data = (folder / "weights.safetensors").read_bytes()
    arrays = parse_weights(data, "weights.safetensors")
    model.load_state_dict({k: torch.from_numpy(np.array(v)) for k, v in arrays.items()})
    return model


def record_of(name: str) -> dict[str, Any]:
    text = (ROOT / "solutions" / name / "training.json").read_text(encoding="utf-8")
    told: dict[str, Any] = json.loads(text)
    return told


@needs_data
@pytest.mark.parametrize("name", MASTERS)
def test_a_master_reaches_its_target_on_all_test_images(name: str) -> None:
    shape, wanted, most = MASTERS[name]
    net, split = own_graph(model_of(name), shape), held_out(name)
    assert net.parameters.total <= most and len(split.labels) == 10_000
    found = accuracy(net.run(split.normalised()), split.labels)
    assert found >= wanted
    assert found == pytest.approx(record_of(name)["accuracy"], abs=0.05)


def held_out(name: str) -> Split:
    assignment = load(name, ROOT)
    assert assignment.training is not None
    return load_data(assignment.training.dataset, "test", DATA)


@pytest.mark.parametrize("name", MASTERS)
def test_a_master_was_trained_inside_its_budget(name: str) -> None:
    assignment, told = load(name, ROOT), record_of(name)
    assert assignment.training is not None
    assert 0 < told["epochs"] <= assignment.training.epochs
    assert told["assignment"] == name and told["dataset"] == assignment.training.dataset
    assert len(told["history"]) >= 3 and not told["interrupted"]


def test_the_last_epochs_of_the_smallest_network_are_all_good() -> None:
    last = record_of("s04_mnist")["history"][-3:]
    assert all(row["accuracy"] >= 99.4 for row in last), last
