"""Training as it is handed in: training.json, and learning-rate schedules."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

import numpy as np

from autograder.checks.expect import expect
from autograder.checks.failure import CheckFailed
from autograder.checks.files import Files
from autograder.report import Finding, clean

STUDENT = "autograder.training.student"
AGAIN = "hand in the file as `grade train` wrote it"
ROWS_LIMIT = 10_000
LARGEST = 1e15


def read_training(files: Files, name: str) -> dict[str, Any]:
    """Return what training.json tells: epochs, samples, accuracy, history, ... as claims.

    `history` is a list of rows {epoch, samples, loss, accuracy, lr, seconds}. Raises
    CheckFailed for a file that is missing, no JSON, or lacks one of them.
    """
    try:
        told = json.loads(files.text(name), parse_constant=_constant)
    except (ValueError, RecursionError):
        _fail(f"{name} is not JSON")
    if not isinstance(told, dict):
        _fail(f"{name} holds no record of a training")
    for key in ("epochs", "samples", "accuracy"):
        if not _is_number(told.get(key)):
            _fail(f"{name} has no number {key!r}: it has {_listed(told)}")
    history = told.get("history")
    if not isinstance(history, list) or len(history) > ROWS_LIMIT:
        _fail(f"{name} has no list 'history'")
    for row in history:
        good = isinstance(row, dict) and all(_is_number(row.get(k)) for k in ("epoch", "accuracy"))
        if not good:
            _fail(f"a row of the history in {name} has no epoch and accuracy")
    return told


def _constant(word: str) -> Any:
    raise ValueError(word)


def _is_number(value: Any) -> bool:
    """Tell a finite number; a whole one may have any number of digits in JSON."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return False
    return abs(value) < LARGEST


def _listed(told: dict[str, Any]) -> str:
    return clean(", ".join(sorted(told)), 200) or "nothing"


def _fail(seen: str) -> NoReturn:
    raise CheckFailed(Finding("type", seen, AGAIN))


@dataclass(frozen=True)
class Schedule:
    """A learning rate over all steps of a training, described.

    `peak` is the first step of the largest rate, from 0, `peak_epoch` the same in epochs.
    `rises` tells that it goes up to the peak and down after it, `per_epoch` that it changes
    only between epochs, `annihilated` that it ends below half of where it started, `overrun`
    that it is somewhere negative or not finite.
    """

    start: float
    top: float
    end: float
    peak: int
    peak_epoch: float
    rises: bool
    per_epoch: bool
    annihilated: bool
    overrun: bool


def describe_schedule(rates: Sequence[float], steps_per_epoch: int) -> Schedule:
    """Describe the learning rates of every step; raises ValueError for none."""
    values = np.asarray(rates, dtype=np.float64)
    if values.ndim != 1 or len(values) == 0 or steps_per_epoch < 1:
        raise ValueError("a schedule has one rate a step, and an epoch one step or more")
    finite = np.isfinite(values)
    known = np.where(finite, values, -np.inf)
    peak = int(np.argmax(known))
    tiny = 1e-12 * float(np.max(np.abs(values[finite]), initial=0.0))
    slopes = np.diff(np.where(finite, values, 0.0))
    inside = slopes[np.arange(1, len(values)) % steps_per_epoch != 0]
    up, down = slopes[:peak], slopes[peak:]
    monotone = bool(np.all(up >= -tiny) and np.all(down <= tiny))
    return Schedule(
        start=float(values[0]),
        top=float(values[peak]),
        end=float(values[-1]),
        peak=peak,
        peak_epoch=peak / steps_per_epoch,
        rises=monotone and bool(np.any(up > tiny) and np.any(down < -tiny) and np.all(finite)),
        per_epoch=bool(np.any(np.abs(slopes) > tiny) and np.all(np.abs(inside) <= tiny)),
        annihilated=bool(values[-1] < 0.5 * values[0]),
        overrun=bool(np.any(known < 0)),
    )


def probe_schedule(make: Any, steps: int, *arguments: Any) -> np.ndarray[Any, Any]:
    """Return the learning rate at each of `steps` steps of a student's scheduler.

    `make(optimizer, *arguments)` gives the scheduler of an optimiser of ours, whose rate is
    1.0 before; `step()` is called once a step, as in a loop over batches, and nothing is
    trained. Raises CheckFailed.
    """
    name = make._name or "your schedule"
    told = make._exchange.ours(STUDENT, "learning_rates", make, steps, list(arguments), label=name)
    return expect(told, "the learning rates").array(shape=(steps,), dtype="float")
