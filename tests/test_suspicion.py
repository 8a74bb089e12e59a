"""A network that learned the test images by heart is flagged; an honest one is not."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.torch

from autograder.checks.graph import own_graph  # noqa: E402
from autograder.checks.shelf import Shelf  # noqa: E402

COUNTS = {"train": 2500, "t10k": 600}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Write images of noise with labels of chance, in the official format of MNIST."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    rng = np.random.default_rng(0)
    for part, count in COUNTS.items():
        images = rng.integers(0, 256, (count, 28, 28), dtype=np.uint8)
        labels = rng.integers(0, 10, count, dtype=np.uint8)
        head = struct.pack(">IIII", 2051, count, 28, 28)
        (tmp_path / f"{part}-images-idx3-ubyte").write_bytes(head + images.tobytes())
        head = struct.pack(">II", 2049, count)
        (tmp_path / f"{part}-labels-idx1-ubyte").write_bytes(head + labels.tobytes())
    return tmp_path


def learned_by_heart(shelf: Shelf, part: str) -> Any:
    """Return a linear network that fits 600 images of one part exactly."""
    split = shelf._load("mnist", part)
    images = split.normalised(0, 600).reshape(600, -1).astype(np.float64)
    wanted = np.eye(10)[split.labels[:600]]
    weights = np.linalg.lstsq(images, wanted, rcond=None)[0]
    net = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(784, 10, bias=False))
    with torch.no_grad():
        net[1].weight.copy_(torch.from_numpy(weights.T))
    return own_graph(net, (1, 28, 28))


def test_test_images_learned_by_heart_are_flagged(folder: Path) -> None:
    shelf = Shelf(folder)
    assert shelf.accuracy(learned_by_heart(shelf, "test"), "mnist") > 99
    assert "may have been trained on the former" in shelf.flags["claim: test images"]


def test_training_images_learned_by_heart_are_no_reason(folder: Path) -> None:
    shelf = Shelf(folder)
    assert shelf.accuracy(learned_by_heart(shelf, "train"), "mnist") < 30
    assert not shelf.flags
