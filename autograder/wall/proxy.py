"""What a check sees as `student`: names that answer with data, or with handles."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from autograder.wall.exchange import Exchange
    from autograder.wall.launch import Ref


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
