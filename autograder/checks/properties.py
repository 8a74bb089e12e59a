"""hypothesis as graders use it: the same examples every time, in every runner.

`from autograder.checks.properties import given, st` replaces hypothesis's own `given`, so
that neither a profile nor a command line changes what is tried.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import wraps
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
        own = inspect.signature(check)
        left = [p for name, p in own.parameters.items() if name not in arguments]

        @wraps(check)
        def run(**provided: Any) -> None:
            # hypothesis probes what it is handed, so the student's proxy stays out of its hands.
            def example(**drawn: Any) -> None:
                check(**provided, **drawn)

            fixed(_given(**arguments)(example))()

        run.__signature__ = own.replace(parameters=left)  # type: ignore[attr-defined]
        return run

    return decorate
