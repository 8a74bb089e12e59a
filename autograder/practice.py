"""Between `grade train` and a training: what to use, what to show, what to keep."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autograder.console import ENVIRONMENT, STOPPED, USAGE, cores, lacking, say, screen, stop

if TYPE_CHECKING:
    from autograder.assignment import Assignment
    from autograder.show.screen import Screen
    from autograder.training.run import Plan, Trained

DRIVERS = ("/dev/nvidia0", "/dev/dxg")


def practise(
    assignment: Assignment, path: Path, plan: Plan, entry: str | None, commands: tuple[str, str]
) -> int:
    """Train the work at `path`, show how it goes, keep what it made; return the exit code.

    `commands` grade the work and train it again.
    """
    from autograder.datasets import DataBroken, DataMissing
    from autograder.submission import SubmissionError, open_submission
    from autograder.training.run import train
    from autograder.wall.isolation import Isolation
    from autograder.wall.process import LaunchError

    live = Live(assignment, plan, screen(), sys.stdout.isatty())
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        try:
            work = open_submission(path, assignment, Path(folder).resolve(), entry)
            live.open()
            # Their own code on their own machine: they may use whatever it has.
            trained = train(assignment, work, replace(plan, isolation=Isolation.OFF), live.follow)
        except SubmissionError as error:
            stop(str(error), 1)
        except (DataMissing, DataBroken) as error:
            stop(str(error), ENVIRONMENT)
        except LaunchError as error:
            stop(f"This machine cannot run your code apart from the grader: {error}", ENVIRONMENT)
        live.close()
        return finish(trained, path if path.is_dir() else path.parent, commands, live.look)


@contextmanager
def trained(
    assignment: Assignment,
    work: Path,
    entry: str | None,
    data: Path | None,
    isolation: str | None = None,
) -> Iterator[tuple[Path, str | None]]:
    """Give a folder of the work's files with weights made afresh, and its entry; then remove it."""
    from autograder.wall.isolation import Isolation

    plan = planned(assignment, "auto", None, None, 0, data)
    plan = replace(plan, isolation=Isolation(isolation or "best-effort"))
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o711)  # the user that student code runs as passes through
        yield retrain(assignment, work, plan, entry, Path(folder).resolve()), None


def retrain(assignment: Assignment, path: Path, plan: Plan, entry: str | None, into: Path) -> Path:
    """Train the work at `path` afresh; return a folder of its files with the new weights.

    The student's process never sees a test image. A training that fails is told, and leaves
    the work without weights.
    """
    from autograder.datasets import DataBroken, DataMissing
    from autograder.show.training import stopped
    from autograder.submission import SubmissionError, open_submission
    from autograder.training.record import CURVES, RECORD, WEIGHTS, keep
    from autograder.training.run import train
    from autograder.wall.process import LaunchError

    live = Live(assignment, plan, screen(), sys.stdout.isatty())
    try:
        work = open_submission(path, assignment, into / "trained", entry)
        given = open_submission(path, assignment, into / "work", entry)
        live.open()
        trained = train(assignment, work, replace(plan, secret=True), live.follow)
    except SubmissionError as error:
        stop(str(error), 1)
    except (DataMissing, DataBroken) as error:
        stop(str(error), ENVIRONMENT)
    except LaunchError as error:
        stop(f"This machine cannot run your code apart from the grader: {error}", ENVIRONMENT)
    live.close()
    for name in (WEIGHTS, RECORD, CURVES):
        (given.folder / name).unlink(missing_ok=True)
    if trained.weights is not None:
        keep(trained.weights, trained.record, given.folder)
    if trained.failure or trained.interrupted:
        finding = trained.failure.finding if trained.failure else None
        say(stopped(finding, trained.printed, trained.weights is not None, live.look))
    return given.folder


@dataclass
class Live:
    """The live line: redrawn on a terminal, a line for each epoch elsewhere."""

    assignment: Assignment
    plan: Plan
    look: Screen
    terminal: bool
    drawn: bool = False

    def open(self) -> None:
        from autograder.show.training import head

        table = self.assignment.training
        assert table is not None
        told = {**vars(self.plan), "assignment": self.assignment.name, "dataset": table.dataset}
        told |= {"parameters": table.parameters, "seconds": self.plan.seconds or table.seconds}
        say(head(told, self.look))

    def follow(self, row: dict[str, Any]) -> None:
        from autograder.show.training import progress, redrawn, start

        table = self.assignment.training
        assert table is not None
        if row["kind"] == "start":
            self.close()
            say(start(row.get("parameters"), table.parameters, self.look))
            return
        line = progress(row, self.plan.epochs, self.look)
        if self.terminal:
            say(redrawn(line, self.look))
            self.drawn = True
        elif row["kind"] == "epoch":
            say(line + "\n")
            sys.stdout.flush()

    def close(self) -> None:
        """End the line that is being redrawn."""
        if self.drawn:
            say("\n")
            self.drawn = False


def finish(trained: Trained, folder: Path, commands: tuple[str, str], look: Screen) -> int:
    """Keep what a training made, say so, and return the exit code."""
    from autograder.show.curves import curves
    from autograder.show.training import ending, stopped
    from autograder.training.record import keep

    failure = trained.failure.finding if trained.failure else None
    if failure or trained.interrupted:
        say(stopped(failure, trained.printed, trained.weights is not None, look))
    grade, again = commands
    written: list[Path] = []
    aside: list[Path] = []
    if trained.weights is not None:
        picture = curves(trained.record)
        try:
            written, aside = keep(trained.weights, trained.record, folder, picture)
        except OSError as error:
            stop(f"The weights cannot be written into {folder}: {error.strerror}", USAGE)
    files, kept = ([str(path) for path in paths] for paths in (written, aside))
    say(ending(trained.record, files, kept, again if failure else grade, look))
    return STOPPED if trained.interrupted else 1 if failure else 0


def planned(
    assignment: Assignment,
    device: str,
    epochs: int | None,
    threads: int | None,
    seed: int,
    data: Path | None,
) -> Plan:
    """Return how to train; ends the command where this machine or the assignment cannot."""
    from autograder.training.run import Plan

    table = assignment.training
    if table is None:
        stop(f"{assignment.name} has nothing to train.", USAGE)
    if lacks := lacking(replace(assignment, light=False)):
        stop(lacks, ENVIRONMENT)
    if not table.epochs and not epochs:
        stop(f"{assignment.name} sets no number of epochs: add --epochs N.", USAGE)
    if table.epochs and epochs and epochs > table.epochs:
        most = f"the budget of {assignment.name} is {table.epochs} epochs"
        stop(f"--epochs {epochs} is too many: {most}.", USAGE)
    return Plan(epochs or table.epochs, _device(device), threads or cores(), seed, data)


def _device(asked: str) -> str:
    """Return "cuda" or "cpu" for "auto"; ends the command where there is no GPU to use."""
    # Asking torch takes seconds: where the system has no driver there is no need to.
    maybe = os.name == "nt" or any(Path(driver).exists() for driver in DRIVERS)
    if asked == "cpu" or (asked == "auto" and not maybe):
        return "cpu"
    import torch

    if torch.cuda.is_available():
        return "cuda"
    if asked == "cuda":
        stop("torch sees no CUDA GPU on this machine: leave --device out.", ENVIRONMENT)
    return "cpu"
