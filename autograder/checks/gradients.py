"""Gradients checked by central differences in float64, and the adjoint test.

The gradient that a student returns is that of sum(cotangent * f(x)). It is compared with
(F(x + h) - F(x - h)) / 2h, entry by entry, by |a - n| / max(1e-8, |a| + |n|).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

import numpy as np
import numpy.typing as npt

from autograder.checks.convert import NotNumbers, to_array
from autograder.checks.describe import around, describe
from autograder.checks.diagnose import diagnose
from autograder.checks.failure import CheckFailed, cannot_judge
from autograder.report import Finding

Floats = npt.NDArray[np.float64]
Function = Callable[[Floats], Any]
Near = Callable[[Floats, Floats], Any]

STEP = 1e-6
SMOOTH = 1e-5
PIECEWISE = 1e-4
SINGLE = 2e-3
SINGLE_SCALE = 1e-4
FLOOR = 1e-8
NEAR_KINK = 1e-3
SLOPES_APART = 1e-3
ROUNDING = 1e-15
ENTRIES = 300
ADJOINT_TRIALS = 3
IN_FLOAT32 = "computed in float32: do the arithmetic in float64"


def central_difference(f: Function, x: Any, cotangent: Any, eps: float = STEP) -> Floats:
    """Return the gradient of sum(cotangent * f(x)) at `x`, an array of the shape of `x`.

    `f` takes a float64 array and returns one of the shape of `cotangent`. Raises
    CheckFailed when f returns anything else.
    """
    start = np.array(x, dtype=np.float64)
    weights = np.asarray(cotangent, dtype=np.float64)
    slopes = _slopes(f, start, weights, np.arange(start.size), eps, "f")
    return slopes.central.reshape(start.shape)


def check_gradient(
    f: Function,
    x: Any,
    got: Any,
    rng: np.random.Generator,
    *,
    cotangent: Any,
    smooth: bool = True,
    mistakes: Mapping[str, Any] | None = None,
    name: str = "the gradient",
) -> None:
    """Fail unless `got` is the gradient of sum(cotangent * f(x)) at `x`.

    `f` is the forward pass in float64. `mistakes` maps a hint to the wrong gradient that a
    misconception gives. With smooth=False entries near a kink of f are left out. Of a
    large `x` the entries compared are drawn by `rng`.

    Raises CheckFailed when it is not; CannotJudge when f has kinks at most entries of
    `x`, ValueError when most of these are near zero, where kinks are expected.
    """
    start = np.array(x, dtype=np.float64)
    answer = _answer(got, start.shape, name)
    picked = np.arange(start.size)
    if start.size > ENTRIES:
        picked = np.sort(rng.choice(start.size, ENTRIES, replace=False))
    slopes = _slopes(f, start, np.asarray(cotangent, dtype=np.float64), picked, STEP, name)
    if not smooth:
        keep = _away_from_kinks(start.ravel()[picked], slopes)
        picked, slopes = picked[keep], slopes.only(keep)
    single = getattr(got, "dtype", None) in (np.float32, np.float16)
    near = _closeness(SMOOTH if smooth else PIECEWISE, slopes.noise, single)
    right = near(answer.ravel()[picked], slopes.central)
    if not np.all(right):
        anywhere = _closeness(SMOOTH if smooth else PIECEWISE, slopes.noise.max(), single)
        hint = _hint(answer, slopes, picked, mistakes or {}, anywhere)
        _differs(answer, slopes, picked, right, hint, name)


def check_adjoint(
    apply: Function,
    apply_transpose: Function,
    x_shape: tuple[int, ...],
    y_shape: tuple[int, ...],
    rng: np.random.Generator,
    hint: str = "",
) -> None:
    """Fail unless <A x, y> == <x, B y> exactly, on random vectors of small whole numbers.

    `apply` is x -> A x, `apply_transpose` y -> B y; the entries of A have to be whole
    numbers (or dyadic fractions), so that float64 holds both sides exactly.

    Raises CheckFailed, with `hint`, when B is not the transpose of A.
    """
    for _ in range(ADJOINT_TRIALS):
        x = rng.integers(-5, 6, x_shape).astype(np.float64)
        y = rng.integers(-5, 6, y_shape).astype(np.float64)
        forward = _output(apply(x.copy()), y.shape, "A x")
        backward = _output(apply_transpose(y.copy()), x.shape, "B y")
        left, right = float(np.sum(forward * y)), float(np.sum(x * backward))
        if left != right:
            message = "B is not the transpose of A: <A x, y> and <x, B y> differ"
            sides = f"<x, B y> = {right:g}", f"<A x, y> = {left:g}"
            inputs = f"x = {describe(x)}, y = {describe(y)}"
            raise CheckFailed(
                Finding("value", message, hint, inputs=inputs, got=sides[0], want=sides[1])
            )


@dataclass(frozen=True)
class _Slopes:
    """One-sided and central differences at some entries, and how far rounding moves them."""

    forward: Floats
    backward: Floats
    central: Floats
    noise: Floats

    def kinks(self) -> npt.NDArray[np.bool_]:
        apart = np.abs(self.forward - self.backward)
        return apart > SLOPES_APART * (np.abs(self.forward) + np.abs(self.backward)) + self.noise

    def only(self, keep: npt.NDArray[np.bool_]) -> _Slopes:
        return _Slopes(
            *(part[keep] for part in (self.forward, self.backward, self.central, self.noise))
        )


def _slopes(
    f: Function, x: Floats, cotangent: Floats, picked: Any, eps: float, name: str
) -> _Slopes:
    def output(point: Floats) -> Floats:
        return _output(f(point.copy()), cotangent.shape, f"the function of {name}")

    middle = output(x)
    rows = []
    for index in picked:
        step = eps * max(1.0, abs(float(x.flat[index])))
        above, below = x.copy(), x.copy()
        above.flat[index] += step
        below.flat[index] -= step
        up, down = above.flat[index] - x.flat[index], x.flat[index] - below.flat[index]
        high, low = output(above), output(below)
        # Differences first, then the sum: outputs that do not change leave no rounding.
        rises = [np.sum(cotangent * d) for d in (high - middle, middle - low, high - low)]
        moved = np.sum(np.abs(cotangent) * (np.abs(high) + np.abs(low)) * (high != low))
        slopes = [rises[0] / up, rises[1] / down, rises[2] / (up + down)]
        rows.append([*slopes, ROUNDING * moved / (up + down)])
    return _Slopes(*np.array(rows, dtype=np.float64).reshape(-1, 4).T)


def _closeness(tolerance: float, noise: Any, single: bool) -> Near:
    """Return the comparison of an answer with a numerical gradient, entry by entry."""

    def near(a: Floats, n: Floats) -> Any:
        gap = np.abs(a - n)
        relative = gap / np.maximum(FLOOR, np.abs(a) + np.abs(n))
        if not single:
            return (relative <= tolerance) | (gap <= noise)
        scale = SINGLE_SCALE * np.max(np.abs(n), initial=0.0)
        return (relative <= max(SINGLE, tolerance)) | (gap <= noise + scale)

    return near


def _away_from_kinks(entries: Floats, slopes: _Slopes) -> npt.NDArray[np.bool_]:
    """Return which entries can be compared; at least half of them."""
    large = np.abs(entries) >= NEAR_KINK
    if 2 * np.count_nonzero(large) < large.size:
        raise ValueError("most entries of x are near zero, where kinks are: draw others")
    keep = large & ~slopes.kinks()
    if 2 * np.count_nonzero(keep) < keep.size:
        cannot_judge("the function has kinks near most entries of x: no slope can be compared")
    return keep


def _hint(
    answer: Floats, slopes: _Slopes, picked: Any, mistakes: Mapping[str, Any], near: Near
) -> str:
    """Return the first named mistake that the answer makes, or a standing diagnosis."""
    seen, right = answer.ravel()[picked], slopes.central
    for hint, value in mistakes.items():
        wrong = np.asarray(value, dtype=np.float64)
        if wrong.shape == answer.shape and np.all(near(seen, wrong.ravel()[picked])):
            return hint
    rounded = bool(np.all(answer == answer.astype(np.float32)))
    if rounded and np.all(_closeness(SINGLE, slopes.noise, True)(seen, right)):
        return IN_FLOAT32
    if picked.size == answer.size:
        seen, right = answer, right.reshape(answer.shape)
    return diagnose(seen, right, lambda a, b: bool(np.all(near(a, b))))


def _differs(
    answer: Floats, slopes: _Slopes, picked: Any, right: Any, hint: str, name: str
) -> NoReturn:
    seen, central = answer.ravel()[picked], slopes.central
    gap = np.where(right, 0.0, np.abs(seen - central) / (FLOOR + np.abs(seen) + np.abs(central)))
    worst = int(np.argmax(gap))
    index = tuple(int(i) for i in np.unravel_index(int(picked[worst]), answer.shape))
    entry = f"entry {list(index)} of {name}" if index else name
    slope = describe(central[worst])
    message = f"{entry} is {describe(seen[worst])}, the slope measured there is {slope}"
    want = f"{slope} at {list(index)}"
    if picked.size == answer.size:
        want = around(central.reshape(answer.shape), index)
    raise CheckFailed(Finding("value", message, hint, got=around(answer, index), want=want))


def _answer(got: Any, shape: tuple[int, ...], name: str) -> Floats:
    if got is None:
        _fail("type", f"{name} is None: nothing was answered yet")
    return _output(got, shape, name)


def _output(value: Any, shape: tuple[int, ...], name: str) -> Floats:
    """Return what a function gave as a float64 array of `shape`, or fail the check."""
    try:
        array = to_array(value)
    except NotNumbers as error:
        _fail("type", f"{name} is not an array of numbers: {error}")
    if array.dtype.kind == "c":
        _fail("dtype", f"{name} holds complex numbers, real ones were wanted")
    if array.shape != tuple(shape):
        _fail("shape", f"{name} has shape {array.shape}, {tuple(shape)} was wanted")
    if not np.all(np.isfinite(array)):
        _fail("finite", f"{name} holds nan or inf")
    return array.astype(np.float64)


def _fail(kind: str, message: str) -> NoReturn:
    raise CheckFailed(Finding(kind, message))
