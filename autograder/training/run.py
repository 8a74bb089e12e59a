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
from autograder.wall.isolation import Isolation
from autograder.wall.process import Spawn
from autograder.wall.warm import spawn

if TYPE_CHECKING:
    from autograder.assignment import Assignment, Training
    from autograder.datasets import Split
    from autograder.submission import Submission

POLL_SECONDS = 0.2
MEMORY_MB = 1 << 20  # a training may take what the machine has
WEEK = 7 * 24 * 3600.0
PATIENCE = 120.0  # for importing: torch alone may take a minute where it is not in memory
SLACK = 600.0  # importing and the way back, beside the training itself
WORKER = "autograder.training.student"
PRINTED_LINES = 8


@dataclass(frozen=True)
class Plan:
    """How to train: epochs, device, threads, seed, and where data sets are looked for first.

    `seconds` replaces the time limit of the assignment; 0 keeps it. With `secret`, the student's
    process never gets the test images: a tenth of the training images is evaluated on instead.
    """

    epochs: int
    device: str = "cpu"
    threads: int = 1
    seed: int = 0
    data: Path | None = None
    seconds: float = 0.0
    secret: bool = False
    isolation: Isolation = Isolation.BEST_EFFORT


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
    assignment: Assignment,
    work: Submission,
    plan: Plan,
    follow: Callable[[Row], None],
    *,
    spawn: Spawn = spawn,
) -> Trained:
    """Run the student's training in a worker; `follow` gets each row of progress.

    `spawn` starts the worker. Ctrl-C and the student's failures end it and keep the best
    state so far. Raises DataMissing, DataBroken or LaunchError, which are not the student's.
    """
    table = assignment.training
    assert table is not None, "only an assignment with [training] can be trained"
    told, seconds = _told(table, plan, work), plan.seconds or table.seconds or WEEK
    limits = replace(
        assignment.limits, call_seconds=PATIENCE, run_seconds=seconds + SLACK, memory_mb=MEMORY_MB
    )
    started, tail, rows = time.monotonic(), Tail(work.folder), list[Row]()
    exchange = Exchange(work.module, limits, spawn=spawn, isolation=plan.isolation, writable=True)
    answer, failure, stopped = None, None, False
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
    history = [row for row in (*rows, *tail.rows()) if row["kind"] == "epoch"]
    whole = record(assignment, told, history, answer, time.monotonic() - started)
    weights = _weights(work.folder, whole=not (failure or stopped))
    printed = "\n".join(exchange.transport.output().splitlines()[-PRINTED_LINES:])
    return Trained(weights, {**whole, "interrupted": stopped}, failure, stopped, printed)


def _weights(folder: Path, whole: bool) -> Path | None:
    """Return the last state of a whole training, the best so far of any other."""
    names = ("last", "best") if whole else ("best",)
    files = (folder / f"{name}.safetensors" for name in names)
    return next((file for file in files if regular(file)), None)


def _splits(table: Training, plan: Plan) -> dict[str, Split]:
    from autograder.datasets import load

    train = load(table.dataset, "train", plan.data)
    if not plan.secret:
        return {"train": train, "test": load(table.dataset, "test", plan.data)}
    tenth = len(train.labels) // 10
    seen = replace(train, images=train.images[-tenth:], labels=train.labels[-tenth:])
    return {"train": train, "test": seen}


def _told(table: Training, plan: Plan, work: Submission) -> dict[str, Any]:
    """Return what the worker is told; the data set's arrays lie in files beside its module."""
    data: dict[str, Any] = {}
    for part, split in _splits(table, plan).items():
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
