"""The judge's side of a training: start it, follow it, end it."""

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
from autograder.wall.answer import words
from autograder.wall.exchange import Exchange
from autograder.wall.failure import StudentFailure

if TYPE_CHECKING:
    from autograder.assignment import Assignment, Training
    from autograder.submission import Submission

POLL_SECONDS = 0.2
MEMORY_MB = 1 << 20  # a training may take what the machine has
WEEK = 7 * 24 * 3600.0
WORKER = "autograder.training.student"
PRINTED_LINES = 8


@dataclass(frozen=True)
class Plan:
    """How to train: epochs, device, threads, seed, and where data sets are looked for first.

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


def train(
    assignment: Assignment, work: Submission, plan: Plan, follow: Callable[[Row], None]
) -> Trained:
    """Run the student's training in a worker; `follow` gets each row of progress.

    Ctrl-C and the student's failures end it and keep the best state so far. Raises
    DataMissing, DataBroken or LaunchError, which are not the student's.
    """
    table = assignment.training
    assert table is not None, "only an assignment with [training] can be trained"
    told, seconds = _told(table, plan, work), plan.seconds or table.seconds or WEEK
    limits = replace(assignment.limits, run_seconds=seconds + 600, memory_mb=MEMORY_MB)
    started, exchange, tail = time.monotonic(), Exchange(work.module, limits), Tail(work.folder)
    rows: list[Row] = []
    answer: Any = {}
    failure, stopped = None, False
    try:
        ask = _asking(exchange, told, seconds)
        answer = _attend(ask, tail, rows, follow)
        failure = _refused(answer)
    except StudentFailure as error:
        failure = _in_time(error, table.train, seconds)
    except KeyboardInterrupt:
        stopped = True
    finally:
        exchange.close()
    rows += tail.rows()
    history = [row for row in rows if row["kind"] == "epoch"]
    answer = answer if isinstance(answer, dict) else {}
    whole = record(assignment, told, history, answer, time.monotonic() - started)
    kept = [work.folder / f"{name}.safetensors" for name in ("last", "best")]
    weights = next((file for file in kept[failure is not None or stopped :] if regular(file)), None)
    printed = "\n".join(exchange.transport.output().splitlines()[-PRINTED_LINES:])
    return Trained(weights, {**whole, "interrupted": stopped}, failure, stopped, printed)


def _told(table: Training, plan: Plan, work: Submission) -> dict[str, Any]:
    """Return what the worker is told; the data set's arrays lie in files beside its module."""
    from autograder.datasets import load

    data: dict[str, Any] = {}
    for part in ("train", "test"):
        split = load(table.dataset, part, plan.data)
        for kind, array in (("images", split.images), ("labels", split.labels)):
            path = work.folder / f"{part}-{kind}.npy"
            np.save(path, array)
            data[f"{part} {kind}"] = str(path)
        if part == "train":
            data |= {key: list(getattr(split, key)) for key in ("classes", "mean", "std")}
    return {
        "dataset": table.dataset,
        "file": work.module.name.replace(".cells.json", ".ipynb"),
        "model": table.model,
        "train": table.train,
        "epochs": plan.epochs,
        "seconds": plan.seconds or table.seconds or None,
        "parameters": table.parameters or None,
        "device": plan.device,
        "threads": plan.threads,
        "seed": plan.seed,
        "data": data,
    }


def _asking(exchange: Exchange, told: dict[str, Any], seconds: float) -> Callable[[], Any]:
    return lambda: exchange.ours(WORKER, "train", told, seconds=seconds, label=told["train"])


def _attend(
    ask: Callable[[], Any], tail: Tail, rows: list[Row], follow: Callable[[Row], None]
) -> Any:
    """Return what `ask` returns, or raise what it raises; pass on progress until then.

    It waits in a thread of its own, so that Ctrl-C is heard here at once, on every system.
    """
    box: queue.Queue[tuple[Any, BaseException | None]] = queue.Queue()

    def wait() -> None:
        try:
            box.put((ask(), None))
        except BaseException as error:
            box.put((None, error))

    threading.Thread(target=wait, daemon=True).start()
    ended = None
    while ended is None:
        try:
            ended = box.get(timeout=POLL_SECONDS)
        except queue.Empty:
            ended = None
        for row in tail.rows():
            rows.append(row)
            follow(row)
    if ended[1] is not None:
        raise ended[1]
    return ended[0]


def _refused(answer: Any) -> StudentFailure | None:
    """Return what the worker's side of the training did not accept, as the student's failure."""
    if not isinstance(answer, dict) or "refused" not in answer:
        return None
    says, hint = words(answer["refused"], 400), words(answer.get("hint"), 400)
    return StudentFailure(Finding("value", says, hint))


def _in_time(error: StudentFailure, name: str, seconds: float) -> StudentFailure:
    """Say of a training that ran out of time what can be done about it."""
    if error.finding.kind != "timeout":
        return error
    hint = "train fewer epochs (--epochs), or look for a loop that never ends"
    says = f"{name} was still running after {seconds:g} s, all the time that it may take"
    return StudentFailure(replace(error.finding, message=says, hint=hint))
