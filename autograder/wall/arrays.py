"""Arrays as npy files of plain machine types; a header is matched, never evaluated."""

from __future__ import annotations

import io
import math
import re
from typing import Any

import numpy as np

from autograder.wall.values import WireError

Array = np.ndarray[Any, Any]

AXES_LIMIT = 16
EMPTY_LIMIT = 1 << 20

_PLAIN = frozenset(
    ("b1", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f2", "f4", "f8", "c8", "c16")
)
_NPY = re.compile(
    rb"\x93NUMPY\x01\x00[\x00-\xff]{2}"
    rb"\{'descr': '([<>|][biufc][0-9]{1,2})', 'fortran_order': (True|False), "
    rb"'shape': \(((?:[0-9]{1,12}, ?)*(?:[0-9]{1,12})?)\), \} *\n"
)


def plain(dtype: np.dtype[Any]) -> bool:
    """Tell whether a type is sent as it is: bool, integers, floats, complex of machine size."""
    return dtype.str[1:] in _PLAIN


def narrow(array: Array) -> Array:
    """Return the array without extended precision, which differs from machine to machine."""
    narrow = {"f": np.float64, "c": np.complex128}.get(array.dtype.kind)
    return array if narrow is None or plain(array.dtype) else array.astype(narrow)


def sendable(shape: tuple[int, ...]) -> bool:
    """Tell whether a shape is harmless: nested lists of it cost about as much as its bytes."""
    lists = math.prod(n for n in shape if n)
    return len(shape) <= AXES_LIMIT and (0 not in shape or lists <= EMPTY_LIMIT)


def to_npy(array: Array) -> bytes:
    """Return the array as the bytes of an npy file."""
    stream = io.BytesIO()
    np.lib.format.write_array(stream, array, version=(1, 0), allow_pickle=False)
    return stream.getvalue()


def scalar(dtype: str, digits: str) -> Any:
    """Rebuild a numpy number from its type and its bytes in hexadecimal."""
    if dtype[:1] not in ("<", ">", "|") or dtype[1:] not in _PLAIN:
        raise WireError("a number of a kind that is not sent")
    (number,) = np.frombuffer(bytes.fromhex(digits), dtype=dtype)
    return number


def from_npy(data: bytes) -> Array:
    """Rebuild an array from npy bytes; its size must equal what came, to the byte."""
    header = _NPY.match(data)
    if header is None or header.end() != 10 + int.from_bytes(data[8:10], "little"):
        raise WireError("an array's header cannot be read")
    kind, fortran, axes = (part.decode() for part in header.groups())
    if kind[1:] not in _PLAIN:
        raise WireError("an array of a kind that is not sent")
    dtype, shape = np.dtype(kind), tuple(int(n) for n in axes.split(",") if n.strip())
    bare = math.prod(shape) * dtype.itemsize
    if not sendable(shape) or bare != len(data) - header.end():
        raise WireError("an array's shape and its bytes do not agree")
    flat = np.frombuffer(data, dtype=dtype, offset=header.end())
    return np.array(flat.reshape(shape, order="F" if fortran == "True" else "C"))
