"""Where a secret stands."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Spot:
    """The lines `first` to `last` of a file of the solution folder; 0 for all of it.

    `what` says in words what stands there.
    """

    file: str
    first: int = 0
    last: int = 0
    what: str = "the solution"

    def __str__(self) -> str:
        return f"{self.file}:{self.first}" if self.first else self.file

    def overlaps(self, other: Spot) -> bool:
        return self.file == other.file and self.first <= other.last and other.first <= self.last
