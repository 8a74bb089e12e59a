"""What a notebook finds in every kernel and not here: its page, its shell, its checks."""

from __future__ import annotations

import builtins
from typing import Any


class Silent:
    """Takes whatever a notebook says to its page or its shell, and does nothing."""

    def __getattr__(self, name: str) -> Silent:
        if name.startswith("__"):
            raise AttributeError(name)
        return self

    def __call__(self, *args: Any, **kwargs: Any) -> Silent:
        return self


def kernel_builtins() -> dict[str, Any]:
    """Return Python's own names and those that a kernel adds, of which none is a student's."""
    silent = Silent()
    return {**vars(builtins), "display": silent, "get_ipython": silent, "grader": silent}
