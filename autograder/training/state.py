"""A model's tensors in the worker: counted, compared, written to a safetensors file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch

COMPILED = "_orig_mod."  # what torch.compile puts before every name
STATISTICS = ("running_mean", "running_var", "num_batches_tracked")


def state(model: Any) -> dict[str, torch.Tensor]:
    """Return copies of a model's tensors by name, on the CPU; tied ones become two copies.

    Numbers of every precision become float32, which every reader knows.
    """
    tensors = torch.nn.Module.state_dict(model)
    return {
        name.replace(COMPILED, ""): _plain(tensor)
        for name, tensor in tensors.items()
        if isinstance(tensor, torch.Tensor)
    }


def _plain(tensor: torch.Tensor) -> torch.Tensor:
    plain = tensor.detach().cpu().contiguous().clone()
    return plain.float() if plain.is_floating_point() else plain


def save(tensors: dict[str, torch.Tensor], path: Path) -> None:
    """Write tensors to a safetensors file; a half-written file is never seen."""
    from safetensors.torch import save_file

    half = path.with_suffix(".part")
    save_file(tensors, str(half))
    half.replace(path)


def shapes(tensors: dict[str, torch.Tensor]) -> dict[str, tuple[int, ...]]:
    return {name: tuple(tensor.shape) for name, tensor in tensors.items()}


def count(model: Any) -> int:
    """Return how many numbers a model holds: all its tensors but batch-norm statistics."""
    kept = [*model.parameters()]
    for module in model.modules():
        held = module.named_buffers(recurse=False)
        kept += [tensor for name, tensor in held if name not in STATISTICS]
    return sum(tensor.numel() for tensor in {id(tensor): tensor for tensor in kept}.values())


def not_finite(tensors: dict[str, torch.Tensor]) -> str:
    """Return the name of the first tensor that holds nan or infinity, or nothing."""
    floating = [(name, t) for name, t in tensors.items() if t.is_floating_point()]
    return next((name for name, t in floating if not bool(torch.isfinite(t).all())), "")
