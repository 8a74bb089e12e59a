"""What can cross the wall besides plain Python: its classes, and how much of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

BLOB_LIMIT = 64 << 20
TOTAL_LIMIT = 128 << 20
BLOBS_LIMIT = 4096
DEPTH_LIMIT = 40
NODE_LIMIT = 400_000
INT_DIGITS = 4000


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
