"""What students return, read as arrays: nested lists, fractions, tensors, formulas."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

from autograder.wall.wire import Formula, FormulaMatrix, Tensor

Array = np.ndarray[Any, Any]
DEEPEST = 12
ENTRIES_LIMIT = 1 << 24
TEXT_LIMIT = 100_000  # characters: arithmetic in words is worked out exactly, here


class NotNumbers(ValueError):
    """A value that cannot be read as an array of numbers; the text says why."""


def to_array(value: Any) -> Array:
    """Return `value` as a plain array of bool, int64, float64 or complex128.

    Accepts numbers, nested lists and tuples, arrays, tensors, Fractions, numeric text such
    as "1/2", and formulas without symbols. Raises NotNumbers for anything else.
    """
    if isinstance(value, FormulaMatrix):
        value = [list(row) for row in value.rows]
    if isinstance(value, np.ndarray) and value.dtype != object:
        return _widen(_counted(np.asarray(value)))
    if (written := _text_length(value, 0)) > TEXT_LIMIT:
        says = f"it holds {written:,} characters of text, at most {TEXT_LIMIT:,} are read"
        raise NotNumbers(f"{says}: give numbers")
    nested = _plain(value, 0)
    try:
        array = _counted(np.array(nested))
    except (ValueError, OverflowError):
        raise NotNumbers("its rows have different lengths") from None
    if array.dtype == object:
        array = _floats(array)
    if array.dtype.kind not in "biufc":
        raise NotNumbers("it does not hold numbers")
    return _widen(array)


def _text_length(value: Any, depth: int) -> int:
    """Return how many characters of text stand in nested lists."""
    if isinstance(value, np.ndarray):
        value = value.tolist() if value.dtype == object else None
    if isinstance(value, (list, tuple)) and depth <= DEEPEST:
        return sum(_text_length(item, depth + 1) for item in value)
    text = value.text if isinstance(value, Formula) else value
    return len(text) if isinstance(text, str) else 0


def _counted(array: Array) -> Array:
    if array.size > ENTRIES_LIMIT:
        raise NotNumbers(f"it holds {array.size:,} numbers, at most {ENTRIES_LIMIT:,} are read")
    return array


def floating(array: Array) -> Array:
    """Return the array with truth values and integers as float64: its differences are safe."""
    return array.astype(np.float64) if array.dtype.kind in "biu" else array


def _widen(array: Array) -> Array:
    kinds = {"i": np.int64, "f": np.float64, "c": np.complex128}
    if array.dtype.kind == "u":
        wide = array.max(initial=0) <= np.iinfo(np.int64).max
        return array.astype(np.int64 if wide else np.float64)
    return array.astype(kinds.get(array.dtype.kind, array.dtype))


def _floats(array: Array) -> Array:
    try:
        return array.astype(np.float64)
    except (TypeError, ValueError, OverflowError):
        raise NotNumbers("it does not hold numbers of one shape") from None


def _plain(value: Any, depth: int) -> Any:
    """Return nested lists of plain numbers."""
    if depth > DEEPEST:
        raise NotNumbers("it is nested too deeply")
    if isinstance(value, np.ndarray):
        return np.asarray(value) if value.dtype != object else _plain(value.tolist(), depth)
    if isinstance(value, (list, tuple)):
        return [_plain(item, depth + 1) for item in value]
    if isinstance(value, (bool, float, complex, np.generic)):
        return value
    if isinstance(value, (int, Fraction)):
        return _fit(value)
    if isinstance(value, (str, Formula)):
        return _fit(_exactly(value))
    raise NotNumbers(f"it holds {kind_of(value)}")


def _fit(value: int | Fraction) -> int | float:
    if value == int(value) and -(2**63) <= value < 2**63:
        return int(value)
    try:
        return float(value)
    except OverflowError:
        raise NotNumbers("it holds a number that is too large") from None


def _exactly(value: Any) -> Fraction:
    from autograder.checks.exact import ExactError, exact

    try:
        return exact(value)
    except ExactError as error:
        raise NotNumbers(str(error)) from None


def stayed(value: Any) -> bool:
    """Tell whether a value is an object that stayed with the student: it is no data."""
    from autograder.wall.proxy import Handle

    return isinstance(value, Handle)


def kind_of(value: Any) -> str:
    """Name a value's kind in words: `a text`, `nothing (None)`, `a function`."""
    if value is None:
        return "nothing (None)"
    if stayed(value):
        return f"a {value._ref.type}"
    words: dict[Any, str] = {str: "a text", dict: "a dict", list: "a list", tuple: "a tuple"}
    words |= {
        int: "a number",
        float: "a number",
        complex: "a complex number",
        np.ndarray: "an array",
        Tensor: "a tensor",
        bytes: "bytes",
        bool: "a truth value",
        Formula: "a formula",
        FormulaMatrix: "a matrix of formulas",
    }
    return words.get(type(value), f"a {type(value).__name__}")
