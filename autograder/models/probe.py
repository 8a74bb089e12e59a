"""The worker's side: a small model whose every training step can be worked out by hand."""

from __future__ import annotations

from typing import Any

import torch


class Linear(torch.nn.Module):
    """One linear layer on flattened images; it remembers how it was called."""

    def __init__(self, features: int, classes: int) -> None:
        super().__init__()
        self.layer = torch.nn.Linear(features, classes)
        self.modes: list[bool] = []

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        self.modes.append(self.training)
        logits: torch.Tensor = self.layer(images.flatten(1))
        return logits


def linear(session: Any, weight: torch.Tensor, bias: torch.Tensor) -> Linear:
    """Return the probe with the weights given, (classes, features) and (classes,)."""
    model = Linear(weight.shape[1], weight.shape[0])
    with torch.no_grad():
        model.layer.weight.copy_(weight)
        model.layer.bias.copy_(bias)
    return model


def sgd(session: Any, model: Linear, rate: float) -> torch.optim.Optimizer:
    """Return plain gradient descent on the probe."""
    return torch.optim.SGD(model.parameters(), lr=rate)


def state(session: Any, model: Linear) -> dict[str, Any]:
    """Return the probe's weights and the modes in which it was called."""
    layer = model.layer
    return {"weight": layer.weight, "bias": layer.bias, "modes": list(model.modes)}


def generator(session: Any, seed: int) -> torch.Generator:
    """Return a generator of random numbers."""
    return torch.Generator().manual_seed(seed)


def items(session: Any, data: Any, places: list[int]) -> list[Any]:
    """Return items of a data set of the student's, as `data[place]` gives them."""
    return [data[place] for place in places]


def length(session: Any, data: Any) -> int:
    """Return how many items a data set of the student's says it has."""
    return len(data)


def repeat(session: Any, step: Any, times: int, model: Any, rate: float, batch: list[Any]) -> int:
    """Call `step(model, optimizer, images, labels)` on one batch, with Adam; return how often."""
    optimizer = torch.optim.Adam(model.parameters(), lr=rate)
    model.train()
    for _ in range(times):
        step(model, optimizer, *batch)
    return times
