"""Standing diagnoses: what an answer of the right kind has in common with the right one.

Each takes `got` and `want` of one shape (or transposed shapes) and a closeness test, and
says one sentence or nothing.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from autograder.checks.convert import Array, floating

Close = Callable[[Array, Array], bool]


@np.errstate(all="ignore")
def diagnose(got: Array, want: Array, close: Close) -> str:
    """Return the first diagnosis that fits, as a hint, or an empty text."""
    got, want = floating(got), floating(want)
    if got.shape != want.shape:
        return _transposed(got, want, close)
    for look in (_transposed, _negated, _precision, _scaled, _offset, _shifted, _flipped):
        if told := look(got, want, close):
            return told
    return ""


def _transposed(got: Array, want: Array, close: Close) -> str:
    if got.ndim == 2 and got.T.shape == want.shape and close(got.T, want):
        return "your answer is the transpose of the right one"
    return ""


def _negated(got: Array, want: Array, close: Close) -> str:
    return "every entry has the wrong sign" if close(-got, want) else ""


def _precision(got: Array, want: Array, close: Close) -> str:
    bound = 1e-5 * (np.abs(want) + np.max(np.abs(want), initial=0.0))
    if np.all(np.abs(got - want) <= bound):
        return "right to about 5 digits only: compute in float64 and do not round"
    return ""


def _scaled(got: Array, want: Array, close: Close) -> str:
    norm = float(np.vdot(want, want).real)
    if norm == 0 or want.size < 2:
        return ""
    factor = float(np.vdot(want, got).real) / norm
    if factor == 0 or not close(got / factor, want):
        return ""
    # The factor itself stays unsaid: in a hidden check it would give the answer away.
    return "every entry is off by the same factor"


def _offset(got: Array, want: Array, close: Close) -> str:
    if want.size < 2:
        return ""
    gap = got - want
    return "every entry is off by the same amount" if close(got - gap.flat[0], want) else ""


def _shifted(got: Array, want: Array, close: Close) -> str:
    for axis in range(got.ndim):
        if got.shape[axis] < 4:
            continue
        low, high = np.arange(got.shape[axis] - 1), np.arange(1, got.shape[axis])
        for a, b in ((low, high), (high, low)):
            part = want.take(b, axis)
            if np.ptp(np.abs(part)) > 0 and close(got.take(a, axis), part):
                return "your answer is the right one shifted by one position"
    return ""


def _flipped(got: Array, want: Array, close: Close) -> str:
    for axis in range(got.ndim):
        if close(np.flip(got, axis), want):
            return "your answer is the right one in reverse order"
    return ""
