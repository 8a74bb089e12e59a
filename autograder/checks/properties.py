"""hypothesis as graders use it: the same examples every time, in every runner.

`from autograder.checks.properties import given, st` replaces hypothesis's own `given`, so
that neither a profile nor a command line changes what is tried.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import given as _given
from hypothesis import strategies as st

__all__ = ["given", "st"]

EXAMPLES = 25


def given(*, examples: int = EXAMPLES, **arguments: Any) -> Callable[..., Callable[..., Any]]:
    """Run a check for `examples` drawn inputs and report the smallest that fails."""
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
        wrapped: Callable[..., Any] = fixed(_given(**arguments)(check))
        return wrapped

    return decorate
