"""The safe encoding: values as JSON plus raw npy bytes; no pickle, no eval.

A message is `GDW1`, the header's length (4 bytes, big-endian), the header, then the blobs.
The header is JSON: `{"body": ..., "blobs": [sizes]}`. Scalars and lists stand for themselves
in the body; everything else is an object tagged by its key `!`:

    tuple dict float complex bytes array scalar objects tensor fraction formula matrix ref

Arrays are npy files of plain machine types; their header is matched, never evaluated.

Whatever cannot be sent (a function, a model, a set) stays where it is and crosses as a
`ref`, a numbered handle. Everything that arrives is a claim: sizes are checked before
memory is taken, and a message that breaks a rule raises `WireError`.
"""

from __future__ import annotations

import io
import json
import math
import re
import struct
import sys
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

MAGIC = b"GDW1"
HEADER_LIMIT = 8 << 20
BLOB_LIMIT = 64 << 20
TOTAL_LIMIT = 128 << 20
BLOBS_LIMIT = 4096
AXES_LIMIT = 16
EMPTY_LIMIT = 1 << 20
DEPTH_LIMIT = 40
NODE_LIMIT = 400_000
INT_DIGITS = 4000

_FRACTION = re.compile(r"-?[0-9]{1,4000}/[0-9]{1,4000}\Z")
_FLOATS = {"nan": math.nan, "inf": math.inf, "-inf": -math.inf}
_PLAIN = frozenset(
    ("b1", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f2", "f4", "f8", "c8", "c16")
)
_NPY = re.compile(
    rb"\x93NUMPY\x01\x00[\x00-\xff]{2}"
    rb"\{'descr': '([<>|][biufc][0-9]{1,2})', 'fortran_order': (True|False), "
    rb"'shape': \(((?:[0-9]{1,12}, ?)*(?:[0-9]{1,12})?)\), \} *\n"
)

Keep = Callable[[Any], dict[str, Any]]
Resolve = Callable[[dict[str, Any]], Any]
Rebuild = Callable[[Any], Any]


class WireError(Exception):
    """A message that breaks the rules of the encoding."""


@dataclass(frozen=True)
class Formula:
    """A sympy expression as text; `autograder.checks.symbols` rebuilds it."""

    text: str

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True)
class FormulaMatrix:
    """A sympy matrix as rows of text."""

    rows: tuple[tuple[str, ...], ...]
    columns: int

    @property
    def shape(self) -> tuple[int, int]:
        return len(self.rows), self.columns

    def __str__(self) -> str:
        return "[" + ", ".join("[" + ", ".join(row) + "]" for row in self.rows) + "]"


class Tensor(np.ndarray):
    """A torch tensor as an array with a mark: same shape and numbers, no torch needed."""


# ---------------------------------------------------------------- encoding


@dataclass(frozen=True)
class _Encoder:
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
        array = _narrow(np.asarray(value))
        if not _plain(array.dtype):
            return self.value(value.item(), depth + 1)
        return {"!": "scalar", "t": array.dtype.str, "v": array.tobytes().hex()}

    def array(self, value: np.ndarray[Any, Any], depth: int) -> Any:
        array = _narrow(np.asarray(value))
        if not _sendable(array.shape):
            raise WireError("an array has too many axes, or long axes and no entries")
        if _plain(array.dtype):
            tag = "tensor" if isinstance(value, Tensor) else "array"
            return {"!": tag, "b": self.blob(_npy(array))}
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
    ((np.ndarray,), _Encoder.array),
    (np.generic, _Encoder.scalar),
    (int, _Encoder.integer),
    (float, _Encoder.float),
    (complex, _Encoder.complex),
    (str, _Encoder.string),
    ((bytes, bytearray), _Encoder.bytes),
    (list, _Encoder.list),
    (tuple, _Encoder.tuple),
    (dict, _Encoder.dict),
    (Fraction, _Encoder.fraction),
    (Formula, _Encoder.formula),
    (FormulaMatrix, _Encoder.matrix),
)


def _plain(dtype: np.dtype[Any]) -> bool:
    return dtype.str[1:] in _PLAIN


def _narrow(array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Return the array without extended precision, which differs from machine to machine."""
    narrow = {"f": np.float64, "c": np.complex128}.get(array.dtype.kind)
    return array if narrow is None or _plain(array.dtype) else array.astype(narrow)


def _sendable(shape: tuple[int, ...]) -> bool:
    """Tell whether a shape is harmless: nested lists of it cost about as much as its bytes."""
    lists = math.prod(n for n in shape if n)
    return len(shape) <= AXES_LIMIT and (0 not in shape or lists <= EMPTY_LIMIT)


def _npy(array: np.ndarray[Any, Any]) -> bytes:
    stream = io.BytesIO()
    np.lib.format.write_array(stream, array, version=(1, 0), allow_pickle=False)
    return stream.getvalue()


def _formula(value: Any, matrix: type) -> Any:
    from autograder.wall.formula import matrix_texts, text_of

    if isinstance(value, matrix):
        return {"!": "matrix", "v": matrix_texts(value), "n": int(value.shape[1])}  # type: ignore[attr-defined]
    return {"!": "formula", "v": text_of(value)}


def refuse(value: Any) -> dict[str, Any]:
    """Refuse to keep: for the side that holds no handles."""
    raise WireError(f"a {type(value).__name__} cannot be sent")


def pack(value: Any, keep: Keep = refuse) -> bytes:
    """Encode one message; `keep(value)` gives the `ref` of what cannot be sent.

    Raises WireError when the value is too large, too deep or not to be kept.
    """
    encoder = _Encoder(keep, [], [0])
    body = encoder.value(value)
    sizes = [len(blob) for blob in encoder.blobs]
    header = json.dumps({"body": body, "blobs": sizes}, allow_nan=False, ensure_ascii=True)
    if len(header) > HEADER_LIMIT:
        raise WireError("a value is too large to send")
    return b"".join([MAGIC, struct.pack(">I", len(header)), header.encode(), *encoder.blobs])


# ---------------------------------------------------------------- decoding


def read(take: Callable[[int], bytes]) -> tuple[Any, list[bytes]]:
    """Read one message's raw body and blobs; `take(n)` returns exactly n bytes."""
    if take(4) != MAGIC:
        raise WireError("not a message")
    (size,) = struct.unpack(">I", take(4))
    if size > HEADER_LIMIT:
        raise WireError("the header is too long")
    header = _header(take(size))
    sizes = header["blobs"]
    if not isinstance(sizes, list) or len(sizes) > BLOBS_LIMIT:
        raise WireError("the blobs are not a short list")
    if not all(type(n) is int and 0 <= n <= BLOB_LIMIT for n in sizes) or sum(sizes) > TOTAL_LIMIT:
        raise WireError("a blob is too large")
    return header["body"], [take(n) for n in sizes]


def _header(raw: bytes) -> dict[str, Any]:
    try:
        header = json.loads(raw.decode("ascii"), parse_constant=_constant)
    except (ValueError, RecursionError) as error:
        raise WireError("the header is not JSON") from error
    if not isinstance(header, dict) or set(header) != {"body", "blobs"}:
        raise WireError("the header has the wrong keys")
    return header


def _constant(name: str) -> Any:
    raise ValueError(name)


def unpack(data: bytes, resolve: Resolve | None = None, rebuild: Rebuild | None = None) -> Any:
    """Decode one whole message held in memory.

    `resolve(ref)` turns a handle's data into an object, `rebuild` a formula or tensor into one.
    """
    stream = io.BytesIO(data)

    def take(n: int) -> bytes:
        part = stream.read(n)
        if len(part) != n:
            raise WireError("the message is cut short")
        return part

    body, blobs = read(take)
    if stream.read(1):
        raise WireError("the message is too long")
    return decode(body, blobs, resolve, rebuild)


def decode(
    body: Any, blobs: list[bytes], resolve: Resolve | None = None, rebuild: Rebuild | None = None
) -> Any:
    """Turn a message's body and blobs into a value; WireError for anything else."""
    try:
        return _Decoder(blobs, resolve, rebuild, [0]).value(body)
    except (KeyError, TypeError, ValueError, IndexError, OverflowError, RecursionError) as error:
        raise WireError("a value is malformed") from error


@dataclass(frozen=True)
class _Decoder:
    blobs: list[bytes]
    resolve: Resolve | None
    rebuild: Rebuild | None
    nodes: list[int]

    def value(self, body: Any, depth: int = 0) -> Any:
        self.nodes[0] += 1
        if depth > 2 * DEPTH_LIMIT or self.nodes[0] > 2 * NODE_LIMIT:
            raise WireError("a value is nested too deeply or holds too many parts")
        if body is None or isinstance(body, (bool, int, float)):
            return body
        if isinstance(body, str):
            return body.encode("utf-8", "backslashreplace").decode("utf-8")
        if isinstance(body, list):
            return [self.value(item, depth + 1) for item in body]
        return self.tagged(body, depth)

    def tagged(self, body: dict[str, Any], depth: int) -> Any:
        match body["!"]:
            case "tuple":
                return tuple(self.value(item, depth + 1) for item in _list(body["v"]))
            case "dict":
                return {_text(k): self.value(v, depth + 1) for k, v in _list(body["v"])}
            case "float":
                return _FLOATS[body["v"]]
            case "complex":
                real, imag = (self.value(part, depth + 1) for part in _list(body["v"]))
                return complex(real, imag)
            case "bytes":
                return self.blobs[_index(body["b"])]
            case "scalar":
                return _scalar(_text(body["t"]), _text(body["v"]))
            case "array":
                return _array(self.blobs[_index(body["b"])])
            case "tensor":
                return self.rebuilt(_array(self.blobs[_index(body["b"])]).view(Tensor))
            case "objects":
                return self.objects(body, depth)
            case "fraction":
                return _fraction(body["v"])
            case "formula":
                return self.rebuilt(Formula(_text(body["v"])))
            case "matrix":
                return self.rebuilt(_matrix(body))
            case "ref" if self.resolve is not None:
                return self.resolve(body)
        raise WireError("an unknown kind of value")

    def rebuilt(self, value: Formula | FormulaMatrix | Tensor) -> Any:
        return value if self.rebuild is None else self.rebuild(value)

    def objects(self, body: dict[str, Any], depth: int) -> np.ndarray[Any, Any]:
        shape = tuple(_index(n) for n in _list(body["shape"]))
        items = [self.value(item, depth + 1) for item in _list(body["v"])]
        if not _sendable(shape) or math.prod(shape) != len(items):
            raise WireError("an array's shape and its entries do not agree")
        array = np.empty(len(items), dtype=object)
        for position, item in enumerate(items):
            array[position] = item
        return array.reshape(shape)


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise WireError("a list was expected")
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise WireError("a text was expected")
    return value.encode("utf-8", "backslashreplace").decode("utf-8")


def _index(value: Any) -> int:
    if type(value) is not int or value < 0:
        raise WireError("a count was expected")
    return value


def _fraction(text: Any) -> Fraction:
    if not isinstance(text, str) or not _FRACTION.match(text):
        raise WireError("not a fraction")
    top, bottom = text.split("/")
    if int(bottom) == 0:
        raise WireError("a fraction over zero")
    return Fraction(int(top), int(bottom))


def _matrix(body: dict[str, Any]) -> FormulaMatrix:
    columns = _index(body["n"])
    rows = tuple(tuple(_text(cell) for cell in _list(row)) for row in _list(body["v"]))
    if any(len(row) != columns for row in rows):
        raise WireError("a matrix has rows of different lengths")
    return FormulaMatrix(rows, columns)


def _scalar(dtype: str, digits: str) -> Any:
    if dtype[:1] not in ("<", ">", "|") or dtype[1:] not in _PLAIN:
        raise WireError("a number of a kind that is not sent")
    (number,) = np.frombuffer(bytes.fromhex(digits), dtype=dtype)
    return number


def _array(data: bytes) -> np.ndarray[Any, Any]:
    """Rebuild an array from npy bytes; its size must equal what came, to the byte."""
    header = _NPY.match(data)
    if header is None or header.end() != 10 + int.from_bytes(data[8:10], "little"):
        raise WireError("an array's header cannot be read")
    kind, fortran, axes = (part.decode() for part in header.groups())
    if kind[1:] not in _PLAIN:
        raise WireError("an array of a kind that is not sent")
    dtype, shape = np.dtype(kind), tuple(int(n) for n in axes.split(",") if n.strip())
    bare = math.prod(shape) * dtype.itemsize
    if not _sendable(shape) or bare != len(data) - header.end():
        raise WireError("an array's shape and its bytes do not agree")
    flat = np.frombuffer(data, dtype=dtype, offset=header.end())
    return np.array(flat.reshape(shape, order="F" if fortran == "True" else "C"))
