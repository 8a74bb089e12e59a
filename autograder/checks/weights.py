"""Weights as they are handed in: a safetensors file, read with every size checked first."""

from __future__ import annotations

import json
import math
import struct
from typing import Any, NoReturn

import numpy as np

from autograder.checks.failure import CheckFailed
from autograder.checks.files import Files
from autograder.report import Finding, clean

Array = np.ndarray[Any, Any]

SIZE_LIMIT = 64 << 20
HEADER_LIMIT = 1 << 20
TENSORS_LIMIT = 4096
SAVE = 'write it with `grade train`, or safetensors.torch.save_file(model.state_dict(), "...")'
AGAIN = "train again and hand in the file that was written"
TYPES = {
    **{"F64": "<f8", "F32": "<f4", "F16": "<f2", "I64": "<i8", "I32": "<i4", "I16": "<i2"},
    **{"I8": "|i1", "U8": "|u1", "BOOL": "|b1"},
}


def read_weights(files: Files, name: str) -> dict[str, Array]:
    """Return the tensors of a handed-in safetensors file by name.

    Raises CheckFailed for a file that is missing, a pickle, cut short, larger by its header
    than it is, or that holds nan, inf or types of no use.
    """
    return parse_weights(files.data(name, SIZE_LIMIT), name)


def parse_weights(data: bytes, name: str) -> dict[str, Array]:
    """Return the tensors in the bytes of a safetensors file; raises CheckFailed."""
    if not data:
        _fail(f"{name} is empty", AGAIN)
    if data[:2] == b"PK" or data[:1] == b"\x80":
        _fail(f"{name} is a pickle, as torch.save writes it; pickles are not opened", SAVE)
    header = _header(data, name)
    start = 8 + struct.unpack("<Q", data[:8])[0]
    _fits(header, len(data) - start, name)
    body = memoryview(data)[start:]
    found = {key: _tensor(body, told) for key, told in header.items()}
    for key, array in found.items():
        if array.dtype.kind == "f" and not np.isfinite(array).all():
            hint = "look at the loss of the training: a learning rate too high ends in nan"
            _fail(f"{name}: {clean(key, 80)} holds nan or inf", hint, "finite")
    return found


def _header(data: bytes, name: str) -> dict[str, Any]:
    size = struct.unpack("<Q", data[:8])[0] if len(data) >= 8 else 0
    if not 2 <= size <= HEADER_LIMIT:
        _fail(f"{name} is no safetensors file", SAVE)
    if 8 + size > len(data):
        _fail(f"{name} is cut short in its header", AGAIN)
    try:
        header = json.loads(data[8 : 8 + size].decode("utf-8"))
    except (ValueError, RecursionError):
        _fail(f"{name} is no safetensors file: its header cannot be read", SAVE)
    if not isinstance(header, dict) or len(header) > TENSORS_LIMIT:
        _fail(f"{name} is no safetensors file", SAVE)
    header.pop("__metadata__", None)
    if not header:
        _fail(f"{name} holds no tensor", SAVE)
    return header


def _fits(header: dict[str, Any], size: int, name: str) -> None:
    """Check every tensor against the bytes that are there, before any is read."""
    for key, told in header.items():
        good = isinstance(told, dict) and isinstance(told.get("shape"), list)
        shape = told["shape"] if good else [-1]
        if not all(type(n) is int and 0 <= n < 1 << 40 for n in shape) or len(shape) > 12:
            _fail(f"{name}: the header of {clean(key, 80)} cannot be read", AGAIN)
        if math.prod(n for n in shape if n) > SIZE_LIMIT:
            _fail(f"{name}: {clean(key, 80)} is larger than a file may be", AGAIN)
        kind = clean(str(told.get("dtype")), 20)
        if kind not in TYPES or told["dtype"] != kind:
            _fail(f"{name}: {clean(key, 80)} is of type {kind}", "save float32: model.float()")
        ends = told.get("data_offsets")
        if not isinstance(ends, list) or len(ends) != 2 or not all(type(n) is int for n in ends):
            _fail(f"{name}: the header of {clean(key, 80)} cannot be read", AGAIN)
        wanted = math.prod(shape) * np.dtype(TYPES[told["dtype"]]).itemsize
        if ends[1] - ends[0] != wanted or not 0 <= ends[0] <= ends[1]:
            _fail(f"{name}: the shape and the bytes of {clean(key, 80)} do not agree", AGAIN)
        if ends[1] > size:
            seen = f"{name} is cut short: {clean(key, 80)} ends at byte {ends[1]:,} of {size:,}"
            _fail(seen, AGAIN)


def _tensor(body: memoryview, told: dict[str, Any]) -> Array:
    first, last = told["data_offsets"]
    flat = np.frombuffer(body[first:last], dtype=TYPES[told["dtype"]])
    shaped: Array = flat.reshape(told["shape"])
    return shaped


def _fail(seen: str, hint: str, kind: str = "type") -> NoReturn:
    raise CheckFailed(Finding(kind, seen, hint))
