"""Small models with known weights, handed to a student's function that looks into a model."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

RIG = "autograder.models.rig"


def rigged(student: Any, *parts: Sequence[Any]) -> Any:
    """Return a handle of a model of layers in a row, in training mode, on the student's side.

    Each part is a kind and its arguments: ("conv", weight (K, C, k, k), bias (K,), stride),
    padded by k // 2; ("linear", weight, bias); ("relu",), ("mean",), ("flatten",),
    ("dropout", p). Weights are tensors: see `steps.tensor`.
    """
    return student._exchange.ours(RIG, "rig", [list(part) for part in parts], count=False)


def layer_of(model: Any, index: int) -> Any:
    """Return a handle of one of the rigged model's layers."""
    return model._exchange.ours(RIG, "layer", model, index, count=False)


def told(model: Any) -> dict[str, Any]:
    """Return {"modes", "training", "hooks"} of a rigged model: claims.

    `modes` says for every call whether the model was in training mode, `training` whether
    any part of it is now, `hooks` how many hooks still hang on it.
    """
    answer = model._exchange.ours(RIG, "told", model, count=False)
    kinds = {"modes": list, "training": bool, "hooks": int}
    good = isinstance(answer, dict) and all(
        isinstance(answer.get(key), kind) for key, kind in kinds.items()
    )
    return answer if good else {"modes": [True], "training": True, "hooks": 1}
