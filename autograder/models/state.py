"""The worker's side: put tensors into a student's model."""

from __future__ import annotations

from typing import Any

import torch


def put(session: Any, model: Any, names: list[str], arrays: list[Any]) -> dict[str, list[str]]:
    """Load tensors into a model by name; return what was missing, unexpected or misshapen.

    Nothing is changed unless every name and shape fits.
    """
    own = dict(torch.nn.Module.state_dict(model))
    given = dict(zip(names, (torch.as_tensor(array) for array in arrays), strict=True))
    counters = {name for name in own if name.endswith("num_batches_tracked")}
    wrong = [
        f"{name}: {tuple(given[name].shape)} is in the file, {tuple(own[name].shape)} in the model"
        for name in given
        if name in own and own[name].shape != given[name].shape
    ]
    told = {
        "missing": sorted(own.keys() - given.keys() - counters),
        "unexpected": sorted(given.keys() - own.keys()),
        "misshapen": wrong,
    }
    if not any(told.values()):
        torch.nn.Module.load_state_dict(model, {**own, **given})
    return told
