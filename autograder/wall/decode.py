"""The body and blobs of a message back to values; whatever breaks a rule is a WireError."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import numpy as np

from autograder.wall import arrays
from autograder.wall.values import (
    DEPTH_LIMIT,
    NODE_LIMIT,
    Formula,
    FormulaMatrix,
    Rebuild,
    Resolve,
    Tensor,
    WireError,
)

_FRACTION = re.compile(r"-?[0-9]{1,4000}/[0-9]{1,4000}\Z")
_FLOATS = {"nan": math.nan, "inf": math.inf, "-inf": -math.inf}


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
    opened: set[int] = field(default_factory=set)

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
                return {text(k): self.value(v, depth + 1) for k, v in _list(body["v"])}
            case "float":
                return _FLOATS[body["v"]]
            case "complex":
                real, imag = (self.value(part, depth + 1) for part in _list(body["v"]))
                return complex(real, imag)
            case "bytes":
                return self.blob(body)
            case "scalar":
                return arrays.scalar(text(body["t"]), text(body["v"]))
            case "array":
                return arrays.from_npy(self.blob(body))
            case "tensor":
                return self.rebuilt(arrays.from_npy(self.blob(body)).view(Tensor))
            case "objects":
                return self.objects(body, depth)
            case "fraction":
                return _fraction(body["v"])
            case "formula":
                return self.rebuilt(Formula(text(body["v"])))
            case "matrix":
                return self.rebuilt(_matrix(body))
            case "ref" if self.resolve is not None:
                return self.resolve(body)
        raise WireError("an unknown kind of value")

    def blob(self, body: dict[str, Any]) -> bytes:
        """Return the bytes that a value points to: they are one value's, or memory would grow."""
        index = count(body["b"])
        if index in self.opened:
            raise WireError("two values share their bytes")
        self.opened.add(index)
        return self.blobs[index]

    def rebuilt(self, value: Formula | FormulaMatrix | Tensor) -> Any:
        return value if self.rebuild is None else self.rebuild(value)

    def objects(self, body: dict[str, Any], depth: int) -> np.ndarray[Any, Any]:
        shape = tuple(count(n) for n in _list(body["shape"]))
        items = [self.value(item, depth + 1) for item in _list(body["v"])]
        if not arrays.sendable(shape) or math.prod(shape) != len(items):
            raise WireError("an array's shape and its entries do not agree")
        array = np.empty(len(items), dtype=object)
        for position, item in enumerate(items):
            array[position] = item
        return array.reshape(shape)


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise WireError("a list was expected")
    return value


def text(value: Any) -> str:
    """Return a text as it came, lone surrogates escaped."""
    if not isinstance(value, str):
        raise WireError("a text was expected")
    return value.encode("utf-8", "backslashreplace").decode("utf-8")


def count(value: Any) -> int:
    """Return a whole number from 0 up; True is none."""
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
    columns = count(body["n"])
    rows = tuple(tuple(text(cell) for cell in _list(row)) for row in _list(body["v"]))
    if any(len(row) != columns for row in rows):
        raise WireError("a matrix has rows of different lengths")
    return FormulaMatrix(rows, columns)
