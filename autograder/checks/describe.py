"""Values as short text, for people."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

from autograder.report import clean

ENTRIES = 40
LETTERS = 2000


def describe(value: Any, limit: int = 300) -> str:
    """Return `value` as one short line; a large array as its shape and a corner."""
    return clean(_text(value, 0), limit).replace("\n", " ")


def _text(value: Any, depth: int) -> str:
    if depth > 6:
        return "..."
    if isinstance(value, np.ndarray):
        return _array(value)
    if isinstance(value, (bool, np.bool_)) or value is None:
        return str(value)
    if isinstance(value, (int, Fraction)):
        return str(value) if _small(value) else "a very large number"
    if isinstance(value, (float, np.floating)):
        return number(float(value))
    if isinstance(value, bytes):
        return f"{len(value)} bytes"
    if isinstance(value, str):
        return repr(value[:LETTERS])
    if isinstance(value, (list, tuple)):
        shown = [_text(item, depth + 1) for item in value[:ENTRIES]]
        shown += ["..."] if len(value) > ENTRIES else []
        inside = ", ".join(shown)
        return f"[{inside}]" if isinstance(value, list) else f"({inside})"
    if isinstance(value, dict):
        items = list(value.items())[:ENTRIES]
        return "{" + ", ".join(f"{k!r}: {_text(v, depth + 1)}" for k, v in items) + "}"
    return str(value)


def _small(value: int | Fraction) -> bool:
    top = value.numerator if isinstance(value, Fraction) else value
    return abs(top).bit_length() < 4000


def number(value: float, digits: int = 6) -> str:
    """Return a float with six significant digits, without a trailing `.0`."""
    return f"{value:.{digits}g}"


def apart(got: Any, want: Any) -> tuple[str, str]:
    """Return two different numbers as text, with as many digits as it takes to tell them apart."""
    seen, wanted = describe(got), describe(want)
    for digits in (9, 12, 17):
        if seen != wanted:
            break
        seen, wanted = (number(float(np.real(value)), digits) for value in (got, want))
    return seen, wanted


def _array(value: np.ndarray[Any, Any]) -> str:
    if value.size == 0:
        return f"an empty array of shape {value.shape}"
    if value.size > ENTRIES:
        last = value.ndim - 3
        corner = value[tuple(slice(0, 3 if axis >= last else 1) for axis in range(value.ndim))]
        return f"an array of shape {value.shape}, beginning {_nested(corner.tolist())}"
    return _nested(value.tolist())


def _nested(value: Any) -> str:
    return _text(value, 0)


def difference(got: np.ndarray[Any, Any], want: np.ndarray[Any, Any]) -> tuple[int, ...]:
    """Return the index of the entry that differs most, relative to what was wanted."""
    with np.errstate(all="ignore"):
        gap = np.abs(got - want) / (1 + np.abs(want))
    return tuple(int(i) for i in np.unravel_index(int(np.argmax(gap)), gap.shape))


def around(array: np.ndarray[Any, Any], index: tuple[int, ...]) -> str:
    """Return the array as text: whole when small, else the entries around `index`."""
    if array.size <= ENTRIES:
        return _nested(array.tolist())
    window = tuple(slice(max(0, i - 1), i + 2) for i in index)
    return f"around {list(index)}: {_nested(array[window].tolist())}"
