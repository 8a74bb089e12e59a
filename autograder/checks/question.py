"""The mark on a function that makes it a check."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

Function = TypeVar("Function", bound=Callable[..., Any])


@dataclass(frozen=True)
class Mark:
    """Which question a check belongs to, and its share of that question's points."""

    question: str
    weight: float = 1.0


def question(id: str, weight: float = 1.0) -> Callable[[Function], Function]:
    """Mark a `test_` function as a check of question `id`; `weight` is its share."""
    if weight <= 0:
        raise ValueError(f"question({id!r}): the weight must be above zero")

    def mark(function: Function) -> Function:
        function.__question__ = Mark(id, weight)  # type: ignore[attr-defined]
        return function

    return mark
