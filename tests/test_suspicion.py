"""A network that learned the test images by heart is flagged; an honest one is not."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.torch

from autograder.checks.graph import own_graph  # noqa: E402
from autograder.checks.shelf import Shelf  # noqa: E402
from autograder.datasets import Split  # noqa: E402


def noise(part: str, count: int, seed: int) -> Split:
    """Return images of noise with labels of chance."""
    rng = np.random.default_rng(seed)
    images = rng.integers(0, 256, (count, 1, 28, 28), dtype=np.uint8)
    labels = rng.integers(0, 10, count)
    return Split("noise", part, images, labels, tuple("0123456789"), (0.5,), (0.29,))


@pytest.fixture
def shelf() -> Shelf:
    return Shelf(
        known={"noise/train": noise("train", 2500, 0), "noise/test": noise("test", 600, 1)}
    )


def learned_by_heart(shelf: Shelf, part: str) -> Any:
    """Return a linear network that fits 600 images of one part exactly."""
    split = shelf.known[f"noise/{part}"]
    images = split.normalised(0, 600).reshape(600, -1).astype(np.float64)
    wanted = np.eye(10)[split.labels[:600]]
    weights = np.linalg.lstsq(images, wanted, rcond=None)[0]
    net = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(784, 10, bias=False))
    with torch.no_grad():
        net[1].weight.copy_(torch.from_numpy(weights.T))
    return own_graph(net, (1, 28, 28))


def test_test_images_learned_by_heart_are_flagged(shelf: Shelf) -> None:
    assert shelf.accuracy(learned_by_heart(shelf, "test"), "noise") > 99
    assert "may have been trained on the former" in shelf.flags["claim: test images"]


def test_training_images_learned_by_heart_are_no_reason(shelf: Shelf) -> None:
    assert shelf.accuracy(learned_by_heart(shelf, "train"), "noise") < 30
    assert not shelf.flags
