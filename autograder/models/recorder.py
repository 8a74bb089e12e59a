"""The worker's side: operations and tensors, written down as they run.

A `TorchDispatchMode` under `torch.inference_mode` sees each call of an aten operation before
it is taken apart: `conv2d`, `batch_norm`, `lstm`, `scaled_dot_product_attention` stay whole.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable
from typing import Any

import torch
from torch.utils._python_dispatch import TorchDispatchMode

OPERATIONS_LIMIT = 20_000
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


def _digest(tensor: torch.Tensor) -> bytes:
    flat = tensor.detach().contiguous().reshape(-1).view(torch.uint8)
    return hashlib.sha256(flat.numpy().tobytes()).digest()
