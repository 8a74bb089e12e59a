"""The pickles of CIFAR-10, read without running anything that they ask for.

A pickle is a program that may call whatever it can name. Here the names of five things are
known, each stands for a small class of ours that only remembers what it was given, and every
other name ends the reading.
"""

from __future__ import annotations

import io
import math
import pickle
from typing import Any

import numpy as np
import numpy.typing as npt


class Kind:
    """Stands for `numpy.dtype`: remembers its letter code."""

    def __init__(self, code: Any = None, *_: Any) -> None:
        self.code = code

    def __setstate__(self, state: Any) -> None:
        """Byte order and fields mean nothing for single bytes."""


class Array:
    """Stands for an array under construction: remembers its state."""

    def __init__(self, *_: Any) -> None:
        self.state: Any = None

    def __setstate__(self, state: Any) -> None:
        self.state = state

    def bytes(self) -> npt.NDArray[np.uint8]:
        """Return the array; raises ValueError unless it is one of unsigned bytes."""
        _, shape, kind, fortran, raw = self.state
        if not isinstance(kind, Kind) or kind.code not in (b"u1", "u1") or fortran:
            raise ValueError("an array of something else than bytes in C order")
        if not isinstance(raw, bytes) or math.prod(shape) != len(raw):
            raise ValueError(f"an array of shape {shape} in another number of bytes")
        found: npt.NDArray[np.uint8] = np.frombuffer(raw, np.uint8).reshape(shape)
        return found


class Text:
    """Stands for `_codecs.encode`, by which Python 3 writes bytes in an old protocol."""

    def __new__(cls, text: str, code: str) -> bytes:  # type: ignore[misc]
        """Return the bytes; raises ValueError for any other encoding."""
        if str(code) not in ("latin1", "latin-1"):
            raise ValueError(f"text in {code}")
        return str(text).encode("latin-1")

    def __setstate__(self, state: Any) -> None:
        """Nothing has a state here."""


class Nothing:
    """Stands for a name that is only passed on."""

    def __setstate__(self, state: Any) -> None:
        """Nothing has a state here."""


class Reader(pickle.Unpickler):
    """An unpickler that knows the names above and no other."""

    def find_class(self, module: str, name: str) -> Any:
        """Return what stands for a name; raises UnpicklingError for one that is not known."""
        match module, name:
            case (("numpy.core.multiarray" | "numpy._core.multiarray"), "_reconstruct"):
                return Array
            case "numpy", "ndarray":
                return Nothing
            case "numpy", "dtype":
                return Kind
            case "_codecs", "encode":
                return Text
        raise pickle.UnpicklingError(f"it asks for {module}.{name}, which is not allowed")


def read(data: bytes) -> dict[str, Any]:
    """Return the dictionary of a pickle, its keys as text and its byte arrays as NumPy's.

    Raises ValueError, with the reason, for anything but plain values and byte arrays.
    """
    try:
        found = Reader(io.BytesIO(data), encoding="bytes").load()
        if not isinstance(found, dict):
            raise ValueError("it holds no dictionary")
        return {
            key.decode("ascii") if isinstance(key, bytes) else str(key): (
                value.bytes() if isinstance(value, Array) else value
            )
            for key, value in found.items()
        }
    except Exception as wrong:  # a hostile or cut pickle may raise anything
        raise ValueError(str(wrong) or type(wrong).__name__) from wrong
