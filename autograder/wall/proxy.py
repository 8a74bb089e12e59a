"""What a check sees as `student`: names that answer with data, or with handles."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from autograder.wall.launch import Ref
from autograder.wall.wire import WireError

if TYPE_CHECKING:
    from autograder.wall.exchange import Exchange


class Handle:
    """An object that stayed with the student: call it, or call its methods.

    `name` is what a check asked for, which may not be what the student's function is called.
    """

    __slots__ = ("_exchange", "_name", "_ref")

    def __init__(self, exchange: Exchange, ref: Ref, name: str = "") -> None:
        self._exchange = exchange
        self._ref = ref
        self._name = name

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._exchange.call(self, args, kwargs)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return self._exchange.get(self._ref.id, name, f"your {self._ref.type}")

    def __repr__(self) -> str:
        return f"<{self._ref.type} {self._ref.name}>".replace(" >", ">")


class Student:
    """The student's module: `student.name` is data, or a handle."""

    __slots__ = ("_exchange",)

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return self._exchange.get(0, name)


def handles(value: Any, exchange: Exchange) -> Any:
    """Replace every `Ref` in an answer by a handle that can be called."""
    if isinstance(value, Ref):
        return Handle(exchange, value)
    if isinstance(value, list):
        return [handles(item, exchange) for item in value]
    if isinstance(value, tuple):
        return tuple(handles(item, exchange) for item in value)
    if isinstance(value, dict):
        return {key: handles(item, exchange) for key, item in value.items()}
    if isinstance(value, np.ndarray) and value.dtype == object:
        entries = value.reshape(-1)
        for index, item in enumerate(entries.tolist()):
            entries[index] = handles(item, exchange)
    return value


def refer(value: Any) -> dict[str, Any]:
    """Return what stands for a handle in a message; raises WireError for what cannot be sent."""
    if isinstance(value, Handle):
        return {"!": "ref", "id": value._ref.id}
    sympy_value = getattr(type(value), "free_symbols", None)
    reason = "a formula of an unknown kind" if sympy_value else f"a {type(value).__name__}"
    raise WireError(f"{reason} cannot be sent to the student's code")
