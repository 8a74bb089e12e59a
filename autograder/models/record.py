"""The worker's side: one forward pass, written down as operations and tensors.

The pass is run with two batch sizes; a number that grows with the batch is written as a
multiple of it. Where the two passes differ in more than that, the model depends on the batch
and is recorded at one size only.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch

from autograder.models.recorder import NotRecordable, Recorder, Recording

BATCHES = (2, 3)


def record(
    session: Any,
    model: Any,
    shapes: Sequence[Sequence[int]],
    dtypes: Sequence[str],
    training: bool,
    batch: int,
) -> dict[str, Any]:
    """Record `model` on inputs (batch, *shape); of any batch when `batch` is 0.

    The answer holds `nodes`, `tensors` (what they are, not their numbers), `inputs` and
    `outputs` by number, `batch` (0 where any size will do) and the `recording` that `fetch`
    reads. Raises what the student's forward raises, and NotRecordable.
    """
    if isinstance(model, type):
        return {"refused": f"{model.__name__} is a class, an object of it was wanted"}
    owns = session.owns if session is not None and session.path is not None else _nobody
    modes = _modes(model)
    kept = _buffers(model)
    try:
        if callable(getattr(model, "train", None)):
            model.train(training)
        recording = Recording()
        _register(recording, model)
        told = _any_batch(recording, owns, model, shapes, dtypes) if not batch else None
        if told is None:
            told = _once(recording, owns, model, shapes, dtypes, batch or BATCHES[0])
            told["batch"] = batch or BATCHES[0]
        return {**told, "tensors": recording.about, "recording": recording}
    except NotRecordable as reason:
        return {"refused": str(reason)}
    finally:
        for module, mode in modes:
            module.training = mode
        with torch.no_grad():
            for buffer, before in kept:
                buffer.copy_(before)


def fetch(session: Any, recording: Recording, parts: Sequence[Sequence[int]]) -> list[Any]:
    """Return numbers of tensors: for each (tensor, start, stop), that part of it, flat."""
    found = []
    with torch.no_grad():
        for index, start, stop in parts:
            flat = recording.tensors[index].detach().reshape(-1)[start:stop]
            found.append(flat.clone())
    return found


def outputs(session: Any, model: Any, images: torch.Tensor) -> Any:
    """Return what a model gives for images in evaluation mode: for one that is not recordable."""
    with torch.no_grad():
        if callable(getattr(model, "eval", None)):
            model.eval()
        out = model(images)
    return out[0] if isinstance(out, (tuple, list)) else out


def _nobody(file: str) -> bool:
    return False


def _modes(model: Any) -> list[tuple[Any, bool]]:
    if not isinstance(model, torch.nn.Module):
        return []
    return [(module, module.training) for module in model.modules()]


def _buffers(model: Any) -> list[tuple[torch.Tensor, torch.Tensor]]:
    if not isinstance(model, torch.nn.Module):
        return []
    return [(b, b.detach().clone()) for b in torch.nn.Module.buffers(model)]


def _register(recording: Recording, model: Any) -> None:
    """Number what is registered, used or not, under the names that a student knows."""
    if isinstance(model, torch.nn.Module):
        for name, tensor in torch.nn.Module.named_parameters(model):
            recording.index(tensor, name[:200], "parameter")
        for name, tensor in torch.nn.Module.named_buffers(model):
            recording.index(tensor, name[:200], "buffer")


def _once(
    recording: Recording,
    owns: Callable[[str], bool],
    model: Any,
    shapes: Sequence[Sequence[int]],
    dtypes: Sequence[str],
    batch: int,
) -> dict[str, Any]:
    generator = torch.Generator().manual_seed(0)
    fastpath = torch.backends.mha.get_fastpath_enabled()
    torch.backends.mha.set_fastpath_enabled(False)
    try:
        with torch.inference_mode():
            inputs = [
                _input(generator, (batch, *shape), dtype)
                for shape, dtype in zip(shapes, dtypes, strict=True)
            ]
            recorder = Recorder(recording, owns)
            named = [recorder.name(tensor)["v"] for tensor in inputs]
            with recorder:
                out = model(*inputs)
            outs = list(out) if isinstance(out, (tuple, list)) else [out]
            if not outs or not all(isinstance(value, torch.Tensor) for value in outs):
                raise NotRecordable(f"it returns a {type(out).__name__}, not a tensor")
            outputs = [recorder.encode(value) for value in outs]
    finally:
        torch.backends.mha.set_fastpath_enabled(fastpath)
    return {"nodes": recorder.nodes, "inputs": named, "outputs": outputs, "batch": 0}


def _input(generator: torch.Generator, shape: Sequence[int], dtype: str) -> torch.Tensor:
    kind = getattr(torch, dtype)
    if kind.is_floating_point:
        return torch.randn(*shape, generator=generator).to(kind)
    return torch.zeros(*shape, dtype=kind)


def _any_batch(
    recording: Recording,
    owns: Callable[[str], bool],
    model: Any,
    shapes: Sequence[Sequence[int]],
    dtypes: Sequence[str],
) -> dict[str, Any] | None:
    """Record with two batch sizes and join them; None when they differ in more than numbers."""
    first = _once(recording, owns, model, shapes, dtypes, BATCHES[0])
    known = len(recording.tensors)
    second = _once(recording, owns, model, shapes, dtypes, BATCHES[1])
    if len(recording.tensors) != known:
        _forget(recording, known)
        return None
    try:
        joined: dict[str, Any] = _join(first, second)
    except _Differ:
        return None
    return joined


def _forget(recording: Recording, known: int) -> None:
    """Drop the tensors that only the second pass made: constants of its own."""
    del recording.tensors[known:], recording.about[known:]
    recording.places = {place: n for place, n in recording.places.items() if n < known}


class _Differ(Exception):
    """Two passes do not do the same."""


def _join(one: Any, two: Any) -> Any:
    if type(one) is not type(two):
        raise _Differ
    if isinstance(one, dict):
        if one.keys() != two.keys():
            raise _Differ
        return {key: _join(one[key], two[key]) for key in one}
    if isinstance(one, list):
        if len(one) != len(two):
            raise _Differ
        return [_join(a, b) for a, b in zip(one, two, strict=True)]
    if one == two or (one != one and two != two):
        return one
    if type(one) is int and one * BATCHES[1] == two * BATCHES[0]:
        return {"b": one // BATCHES[0]}
    raise _Differ
