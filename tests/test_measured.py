"""What a ranking shows was measured by the judge, of the best network, and crosses no claim."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.torch

from autograder.checks.graph import own_graph  # noqa: E402
from autograder.checks.shelf import Shelf  # noqa: E402
from autograder.datasets import Split  # noqa: E402
from autograder.models.opaque import Opaque  # noqa: E402


def shapes(part: str) -> Split:
    """Return 40 images that are all black or all white, and which of both as their label."""
    labels = np.arange(40) % 2
    images = np.broadcast_to((labels * 255).astype(np.uint8)[:, None, None, None], (40, 1, 8, 8))
    return Split("shapes", part, images.copy(), labels, ("0", "1"), (0.5,), (0.5,))


@pytest.fixture
def shelf() -> Shelf:
    return Shelf(known={f"shapes/{part}": shapes(part) for part in ("train", "test")})


def network(slope: float, bias: bool = True) -> Any:
    """Return a network that tells white by the sign of `slope`."""
    net = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(64, 2, bias=bias))
    with torch.no_grad():
        net[1].weight.copy_(torch.tensor([[-slope], [slope]]).expand(2, 64))
    return own_graph(net, (1, 8, 8))


def test_the_best_network_is_measured(shelf: Shelf) -> None:
    shelf.accuracy(network(0.0), "shapes")
    first = dict(shelf.measured)
    shelf.accuracy(network(1.0, bias=False), "shapes")
    assert first["parameters"] == "130"
    assert shelf.measured == {"accuracy": "100.0000", "parameters": "128"}
    shelf.accuracy(network(-1.0), "shapes")
    assert shelf.measured == {"accuracy": "100.0000", "parameters": "128"}


def test_no_claim_and_no_training_image_is_a_measure(shelf: Shelf) -> None:
    shelf.claim("accuracy", 99.0, 10.0)
    shelf.accuracy(network(1.0), "shapes", "train")
    assert shelf.measured == {}


def test_of_a_model_without_a_graph_no_parameter_is_counted(shelf: Shelf) -> None:
    white = Opaque("", lambda images: images.mean(axis=(1, 2, 3))[:, None] * [[-1.0, 1.0]])
    shelf.accuracy(network(0.0), "shapes")
    shelf.accuracy(white, "shapes")
    assert shelf.measured == {"accuracy": "100.0000"}
