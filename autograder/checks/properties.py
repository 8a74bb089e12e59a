"""hypothesis as graders use it: the same examples every time, in every runner.

`from autograder.checks.properties import given, st` replaces hypothesis's own `given`, so
that neither a profile nor a command line changes what is tried.
"""

from __future__ import annotations

import copy
import inspect
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any

import numpy as np
from hypothesis import HealthCheck, Phase, settings
from hypothesis import given as _given
from hypothesis import strategies as st

__all__ = ["given", "st"]

EXAMPLES = 25
SHRINK_SECONDS = 2.0

Example = Callable[..., None]


def given(*, examples: int = EXAMPLES, **arguments: Any) -> Callable[..., Callable[..., Any]]:
    """Run a check for `examples` drawn inputs and report the smallest that fails.

    A check that also asks for `rng` gets the same random stream for every example.
    """
    fixed = settings(
        derandomize=True,
        deadline=None,
        database=None,
        max_examples=examples,
        print_blob=False,
        report_multiple_bugs=False,
        phases=(Phase.explicit, Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )

    def decorate(check: Callable[..., Any]) -> Callable[..., Any]:
        own = inspect.signature(check)
        left = [p for name, p in own.parameters.items() if name not in arguments]

        @wraps(check)
        def run(**provided: Any) -> None:
            # hypothesis probes what it is handed, so the student's proxy stays out of its hands.
            def example(**drawn: Any) -> None:
                check(**{name: _afresh(value) for name, value in provided.items()}, **drawn)

            def search(timed: Example) -> None:
                fixed(_given(**arguments)(timed))()

            with _no_found_constants():
                _timed(example, search)

        run.__signature__ = own.replace(parameters=left)  # type: ignore[attr-defined]
        return run

    return decorate


class _Enough(BaseException):
    """The search for a smaller example has taken long enough; hypothesis lets it pass."""


def _timed(example: Example, search: Callable[[Example], None]) -> None:
    """Search for a failing example; `SHRINK_SECONDS` after the first, take the last one."""
    failed: dict[str, Any] = {}
    until: list[float] = []

    def timed(**drawn: Any) -> None:
        if until and time.monotonic() > until[0]:
            raise _Enough
        try:
            example(**drawn)
        except Exception:
            until[:] = until or [time.monotonic() + SHRINK_SECONDS]
            failed.update(drawn)
            raise

    try:
        search(timed)
    except _Enough:
        example(**failed)
        raise AssertionError("the same input gave different answers") from None


def _afresh(value: Any) -> Any:
    return copy.deepcopy(value) if isinstance(value, np.random.Generator) else value


@contextmanager
def _no_found_constants() -> Iterator[None]:
    """Keep hypothesis from trying numbers that it found in whatever modules are loaded here."""
    from hypothesis.internal.conjecture import providers

    names = ("_get_local_constants", "CONSTANTS_CACHE", "GLOBAL_CONSTANTS")
    kept = {name: getattr(providers, name, None) for name in names}
    find, cache, known = kept.values()
    try:
        if find and cache is not None and known is not None:
            setattr(providers, names[0], type(known))
            setattr(providers, names[1], type(cache)(100))
        yield
    finally:
        for name, value in kept.items():
            if value is not None:
                setattr(providers, name, value)
