"""The worker's side: one forward pass, written down as operations and tensors.

A `TorchDispatchMode` under `torch.inference_mode` sees each call of an aten operation before
it is taken apart: `conv2d`, `batch_norm`, `lstm`, `scaled_dot_product_attention` stay whole.
The pass is run with two batch sizes; a number that grows with the batch is written as a
multiple of it. Where the two passes differ in more than that, the model depends on the batch
and is recorded at one size only.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch.utils._python_dispatch import TorchDispatchMode

BATCHES = (2, 3)
OPERATIONS_LIMIT = 20_000
CHUNK = 8 << 20  # numbers in one answer
# What makes Python numbers of tensors: the next operation may depend on them.
LEAVING = frozenset({"aten::_local_scalar_dense", "aten::item", "aten::is_nonzero", "aten::equal"})
# Taken apart where they are met: what they are made of is on the judge's list.
APART = frozenset({"aten::_convolution", "aten::instance_norm", "aten::cosine_similarity"})


class NotRecordable(Exception):
    """The forward pass cannot be written down; the text says what stands in the way."""


class Recording:
    """The tensors of a recorded model; it stays with the student's objects."""

    def __init__(self) -> None:
        self.tensors: list[torch.Tensor] = []
        self.about: list[dict[str, Any]] = []
        self.places: dict[tuple[Any, ...], int] = {}

    def index(self, tensor: torch.Tensor, name: str = "", role: str = "constant") -> int:
        """Return the number of a tensor: the same for every name of the same numbers."""
        about = tuple(tensor.shape), str(tensor.dtype)
        place: tuple[Any, ...] = (
            *about,
            tensor.untyped_storage().data_ptr(),
            tensor.storage_offset(),
            tensor.stride(),
        )
        if role == "constant" and place not in self.places:
            place = (*about, _digest(tensor))  # a constant is made anew by every pass
        if place not in self.places:
            self.places[place] = len(self.tensors)
            self.tensors.append(tensor)
            kind = str(tensor.dtype).split(".")[1]
            told = {"shape": list(tensor.shape), "dtype": kind, "name": name, "role": role}
            self.about.append({**told, "trainable": bool(tensor.requires_grad)})
        return self.places[place]


class Recorder(TorchDispatchMode):
    """Writes down the operations of one pass, in order; values are known by identity."""

    def __init__(self, recording: Recording, owns: Callable[[str], bool]) -> None:
        super().__init__()
        self.recording = recording
        self.owns = owns
        self.values: dict[int, Any] = {}
        self.alive: list[Any] = []  # an id is only good while its object lives
        self.nodes: list[dict[str, Any]] = []
        self.count = 0

    @classmethod
    def _should_skip_dynamo(cls) -> bool:
        return False  # dynamo would take seconds to import, and nothing here is compiled

    def name(self, tensor: torch.Tensor) -> dict[str, Any]:
        """Give a new value its number."""
        told = {"v": self.count}
        self.count += 1
        self.values[id(tensor)] = told
        self.alive.append(tensor)
        return told

    def __torch_dispatch__(
        self, func: Any, types: Any, args: Any = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        kwargs = kwargs or {}
        base = func._schema.name
        if base in LEAVING:
            raise NotRecordable("it turns a tensor into a Python number (item, float, if, while)")
        if base in APART:
            with self:
                apart = func.decompose(*args, **kwargs)
            if apart is not NotImplemented:
                return apart
        if len(self.nodes) >= OPERATIONS_LIMIT:
            raise NotRecordable(f"it does more than {OPERATIONS_LIMIT} operations")
        told: dict[str, Any] = {
            "op": str(func),
            "args": [self.encode(arg) for arg in args],
            "kwargs": {key: self.encode(arg) for key, arg in kwargs.items()},
            "where": self.where(),
        }
        out = func(*args, **kwargs)
        many = isinstance(out, (tuple, list))
        outs = [value if isinstance(value, torch.Tensor) else None for value in out] if many else []
        told["many"] = many
        told["outs"] = [self.out(value) for value in (outs if many else [out])]
        self.nodes.append(told)
        return out

    def out(self, value: Any) -> int:
        if not isinstance(value, torch.Tensor):
            return -1
        known = self.values.get(id(value))
        # An operation in place hands back its argument: the same value, not a new one.
        return int((known if known and "v" in known else self.name(value))["v"])

    def encode(self, arg: Any) -> Any:
        """Return an argument as plain data; tensors become numbers of values or tensors."""
        if isinstance(arg, torch.Tensor):
            known = self.values.get(id(arg))
            if known is None:
                known = {"t": self.recording.index(arg)}
                self.values[id(arg)] = known
                self.alive.append(arg)
            return known
        if isinstance(arg, (list, tuple)):
            return [self.encode(item) for item in arg]
        if arg is None or isinstance(arg, (bool, int, float, str)):
            return arg
        for kind in (torch.dtype, torch.layout, torch.memory_format, torch.device):
            if isinstance(arg, kind):
                return {kind.__name__: str(arg).removeprefix("torch.")}
        raise NotRecordable(f"an operation is given a {type(arg).__name__}")

    def where(self) -> str:
        """Return the student's own line that runs, `net.py:12 forward`."""
        frame = sys._getframe(2)
        while frame is not None:
            file = frame.f_code.co_filename
            if self.owns(file):
                return f"{file.rsplit('/', 1)[-1]}:{frame.f_lineno} {frame.f_code.co_name}"
            frame = frame.f_back  # type: ignore[assignment]
        return ""


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


def _digest(tensor: torch.Tensor) -> bytes:
    flat = tensor.detach().contiguous().reshape(-1).view(torch.uint8)
    return hashlib.sha256(flat.numpy().tobytes()).digest()


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
