"""How much a training may use."""

from __future__ import annotations

from dataclasses import dataclass


class BudgetSpent(RuntimeError):
    """More samples were asked for than the budget's epochs hold."""


@dataclass(frozen=True)
class Budget:
    """What a student's `train` sees as `budget`.

    `epochs` is how often the training images may be handed out, `seconds` the time limit and
    `parameters` the number to stay below, both None where there is no limit; `device` is
    "cpu" or "cuda".
    """

    epochs: int
    seconds: float | None = None
    parameters: int | None = None
    device: str = "cpu"
