"""The mark on a function that makes it a check."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

Function = TypeVar("Function", bound=Callable[..., Any])


@dataclass(frozen=True)
class Mark:
    """Which question a check belongs to, and its share of that question's points.

    `parts` are the shares of the check itself, above 0 and below 1, that a failed answer may
    still earn: for doors where a case is passed or not, which need a case for each.
    """

    question: str
    weight: float = 1.0
    parts: tuple[float, ...] = ()


def question(
    id: str, weight: float = 1.0, parts: tuple[float, ...] = ()
) -> Callable[[Function], Function]:
    """Mark a `test_` function as a check of question `id`; `weight` is its share.

    `parts` names what a failed answer may still earn, where only a run shows it.
    """
    if weight <= 0:
        raise ValueError(f"question({id!r}): the weight must be above zero")
    if not all(0 < part < 1 for part in parts):
        raise ValueError(f"question({id!r}): each part must be above 0 and below 1")

    def mark(function: Function) -> Function:
        function.__question__ = Mark(id, weight, tuple(parts))  # type: ignore[attr-defined]
        return function

    return mark
