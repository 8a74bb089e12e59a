"""The worker's side: small models with known weights, for functions that look into a model."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

HOOKS = ("_forward_hooks", "_forward_pre_hooks", "_backward_hooks", "_backward_pre_hooks")


class Rig(torch.nn.Module):  # type: ignore[misc]
    """Layers in a row; it remembers in which mode it was called."""

    def __init__(self, layers: list[torch.nn.Module]) -> None:
        super().__init__()
        self.layers = torch.nn.Sequential(*layers)
        self.modes: list[bool] = []

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        self.modes.append(self.training)
        scores: torch.Tensor = self.layers(images)
        return scores


def rig(session: Any, parts: list[list[Any]]) -> Rig:
    """Return a model, in training mode, of parts such as ["conv", weight, bias, stride].

    Its kinds are conv, linear (weight and bias), relu, mean, flatten and dropout (p).
    """
    return Rig([MAKERS[part[0]](*part[1:]) for part in parts])


def layer(session: Any, model: Rig, index: int) -> torch.nn.Module:
    """Return one of the layers, as a module."""
    return model.layers[index]


def told(session: Any, model: Rig) -> dict[str, Any]:
    """Return the modes at every call and now, and how many hooks hang on the model."""
    hooks = sum(len(getattr(m, name) or ()) for m in model.modules() for name in HOOKS)
    training = any(module.training for module in model.modules())
    return {"modes": list(model.modes), "training": training, "hooks": hooks}


def _conv(weight: torch.Tensor, bias: torch.Tensor, stride: int) -> torch.nn.Module:
    outputs, inputs, kernel = weight.shape[:3]
    made = torch.nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, dtype=weight.dtype)
    return _filled(made, weight, bias)


def _linear(weight: torch.Tensor, bias: torch.Tensor) -> torch.nn.Module:
    made = torch.nn.Linear(weight.shape[1], weight.shape[0], dtype=weight.dtype)
    return _filled(made, weight, bias)


def _mean() -> torch.nn.Module:
    return torch.nn.Sequential(torch.nn.AdaptiveAvgPool2d(1), torch.nn.Flatten())


def _filled(made: Any, weight: torch.Tensor, bias: torch.Tensor) -> torch.nn.Module:
    with torch.no_grad():
        made.weight.copy_(weight)
        made.bias.copy_(bias)
    filled: torch.nn.Module = made
    return filled


MAKERS: dict[str, Callable[..., torch.nn.Module]] = {
    "conv": _conv,
    "linear": _linear,
    "relu": torch.nn.ReLU,
    "mean": _mean,
    "flatten": torch.nn.Flatten,
    "dropout": torch.nn.Dropout,
}
