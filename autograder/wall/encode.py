"""Values to the body and blobs of a message."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from autograder.wall import arrays
from autograder.wall.values import (
    BLOB_LIMIT,
    BLOBS_LIMIT,
    DEPTH_LIMIT,
    INT_DIGITS,
    NODE_LIMIT,
    TOTAL_LIMIT,
    Formula,
    FormulaMatrix,
    Keep,
    Tensor,
    WireError,
)


@dataclass(frozen=True)
class Encoder:
    """One message in the making; `keep` gives the `ref` of what cannot be sent."""

    keep: Keep
    blobs: list[bytes]
    nodes: list[int]

    def value(self, value: Any, depth: int = 0) -> Any:
        self.nodes[0] += 1
        if depth > DEPTH_LIMIT or self.nodes[0] > NODE_LIMIT:
            raise WireError("a value is nested too deeply or holds too many parts")
        if value is None or isinstance(value, bool):
            return value
        for kind, encode in _ENCODERS:
            if isinstance(value, kind):
                return encode(self, value, depth)
        return self.foreign(value, depth)

    def foreign(self, value: Any, depth: int) -> Any:
        """Encode torch and sympy values, if their libraries are loaded here at all."""
        torch = sys.modules.get("torch")
        if torch is not None and isinstance(value, torch.Tensor):
            return self.tensor(value, depth)
        sympy = sys.modules.get("sympy")
        if sympy is not None and isinstance(value, (sympy.Expr, sympy.MatrixBase)):
            return _formula(value, sympy.MatrixBase)
        return self.keep(value)

    def blob(self, data: bytes) -> int:
        if len(data) > BLOB_LIMIT or sum(map(len, self.blobs)) + len(data) > TOTAL_LIMIT:
            raise WireError("a value is too large to send")
        if len(self.blobs) >= BLOBS_LIMIT:
            raise WireError("a value holds too many arrays")
        self.blobs.append(data)
        return len(self.blobs) - 1

    def integer(self, value: int, depth: int) -> Any:
        if value.bit_length() > INT_DIGITS * 3:
            raise WireError("an integer has too many digits")
        return int(value)

    def float(self, value: float, depth: int) -> Any:
        number = float(value)
        return number if math.isfinite(number) else {"!": "float", "v": repr(number)}

    def complex(self, value: complex, depth: int) -> Any:
        parts = [self.float(value.real, depth), self.float(value.imag, depth)]
        return {"!": "complex", "v": parts}

    def string(self, value: str, depth: int) -> Any:
        return str.__str__(value)

    def bytes(self, value: bytes | bytearray, depth: int) -> Any:
        return {"!": "bytes", "b": self.blob(bytes(value))}

    def list(self, value: list[Any], depth: int) -> Any:
        return [self.value(item, depth + 1) for item in value]

    def tuple(self, value: tuple[Any, ...], depth: int) -> Any:
        return {"!": "tuple", "v": [self.value(item, depth + 1) for item in value]}

    def dict(self, value: dict[Any, Any], depth: int) -> Any:
        if not all(isinstance(key, str) for key in value):
            return self.keep(value)
        pairs = [[str.__str__(k), self.value(v, depth + 1)] for k, v in value.items()]
        return {"!": "dict", "v": pairs}

    def fraction(self, value: Fraction, depth: int) -> Any:
        if max(abs(value.numerator), value.denominator).bit_length() > INT_DIGITS * 3:
            raise WireError("a fraction has too many digits")
        return {"!": "fraction", "v": f"{value.numerator}/{value.denominator}"}

    def formula(self, value: Formula, depth: int) -> Any:
        return {"!": "formula", "v": value.text}

    def matrix(self, value: FormulaMatrix, depth: int) -> Any:
        return {"!": "matrix", "v": [list(row) for row in value.rows], "n": value.columns}

    def scalar(self, value: np.generic, depth: int) -> Any:
        array = arrays.narrow(np.asarray(value))
        if not arrays.plain(array.dtype):
            return self.value(value.item(), depth + 1)
        return {"!": "scalar", "t": array.dtype.str, "v": array.tobytes().hex()}

    def array(self, value: np.ndarray[Any, Any], depth: int) -> Any:
        array = arrays.narrow(np.asarray(value))
        if not arrays.sendable(array.shape):
            raise WireError("an array has too many axes, or long axes and no entries")
        if arrays.plain(array.dtype):
            tag = "tensor" if isinstance(value, Tensor) else "array"
            return {"!": tag, "b": self.blob(arrays.to_npy(array))}
        if array.dtype.kind not in "OU" or array.size > NODE_LIMIT:
            return self.keep(value)
        items = [self.value(item, depth + 1) for item in array.ravel().tolist()]
        return {"!": "objects", "shape": list(array.shape), "v": items}

    def tensor(self, value: Any, depth: int) -> Any:
        torch = sys.modules["torch"]
        if value.layout != torch.strided:
            return self.keep(value)
        plain = value.detach().cpu().resolve_conj().resolve_neg()
        if plain.dtype == torch.bfloat16:
            plain = plain.float()
        return self.array(plain.numpy().view(Tensor), depth)


_ENCODERS: tuple[tuple[Any, Callable[..., Any]], ...] = (
    ((np.ndarray,), Encoder.array),
    (np.generic, Encoder.scalar),
    (int, Encoder.integer),
    (float, Encoder.float),
    (complex, Encoder.complex),
    (str, Encoder.string),
    ((bytes, bytearray), Encoder.bytes),
    (list, Encoder.list),
    (tuple, Encoder.tuple),
    (dict, Encoder.dict),
    (Fraction, Encoder.fraction),
    (Formula, Encoder.formula),
    (FormulaMatrix, Encoder.matrix),
)


def _formula(value: Any, matrix: type) -> Any:
    from autograder.wall.formula import matrix_texts, text_of

    if isinstance(value, matrix):
        return {"!": "matrix", "v": matrix_texts(value), "n": int(value.shape[1])}  # type: ignore[attr-defined]
    return {"!": "formula", "v": text_of(value)}
