"""The judge's side of a training: start it, follow it, kill it."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from autograder.report import Finding
from autograder.training.progress import Row, Tail
from autograder.training.record import record, regular
from autograder.wall.exchange import Exchange
from autograder.wall.failure import StudentFailure
from autograder.wall.process import LaunchError

if TYPE_CHECKING:
    from autograder.assignment import Assignment, Training
    from autograder.submission import Submission

POLL_SECONDS = 0.2
MEMORY_MB = 1 << 20  # a training may take what the machine has
WEEK = 7 * 24 * 3600.0
WORKER = "autograder.training.student"
PARTS = ("train", "test")
PRINTED_LINES = 8
Follow = Callable[[Row], None]


@dataclass(frozen=True)
class Plan:
    """How to train: epochs at most, device, threads, seed, where data sets are looked for.

    `seconds` replaces the time limit of the assignment; 0 keeps it.
    """

    epochs: int
    device: str = "cpu"
    threads: int = 1
    seed: int = 0
    data: Path | None = None
    seconds: float = 0.0


@dataclass(frozen=True)
class Trained:
    """What a training left: `weights` is a file or None, `record` what training.json holds.

    `failure` is the student's, where there was one, `printed` the last lines that the code
    printed; `interrupted` says that a person stopped it.
    """

    weights: Path | None
    record: dict[str, Any] = field(default_factory=dict)
    failure: StudentFailure | None = None
    interrupted: bool = False
    printed: str = ""


def train(assignment: Assignment, work: Submission, plan: Plan, follow: Follow) -> Trained:
    """Run the student's training in a worker; `follow` gets each row of progress.

    Ctrl-C and the student's failures end it and keep the best state so far. Raises
    DataMissing, DataBroken or LaunchError, which are not the student's.
    """
    table = assignment.training
    assert table is not None, "only an assignment with [training] can be trained"
    seconds = plan.seconds or table.seconds or WEEK
    told = _told(table, plan, work)
    limits = replace(assignment.limits, run_seconds=seconds + 600, memory_mb=MEMORY_MB)
    exchange, rows, started = Exchange(work.module, limits), [], time.monotonic()

    def keep(row: Row) -> None:
        rows.append(row)
        follow(row)

    def ask() -> Any:
        return exchange.ours(WORKER, "train", told, seconds=seconds, label=table.train)

    ended = _attend(ask, exchange, Tail(work.folder), keep)
    if isinstance(ended, (LaunchError, *_OURS)):
        raise ended
    failure = _failure(ended, table.train, seconds)
    answer = ended if isinstance(ended, dict) else {}
    history = [row for row in rows if row["kind"] == "epoch"]
    whole = record(assignment, told, history, answer, time.monotonic() - started)
    names = ("best",) if failure or isinstance(ended, KeyboardInterrupt) else ("last", "best")
    files = [work.folder / f"{name}.safetensors" for name in names]
    printed = "\n".join(exchange.transport.output().splitlines()[-PRINTED_LINES:])
    stopped = isinstance(ended, KeyboardInterrupt)
    weights = next((file for file in files if regular(file)), None)
    return Trained(weights, {**whole, "interrupted": stopped}, failure, stopped, printed)


_OURS = (AssertionError, OSError, RuntimeError)
