"""What one grading process holds: the assignment, its checks, and a warm process to fork from."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path
from types import TracebackType

from autograder.assignment import Assignment, load
from autograder.checks.run import Check, GraderError
from autograder.classroom.executor import Done, Job, Task
from autograder.grading import collect, grade, packages, ungradable
from autograder.report import Report, clean
from autograder.wall.exchange import Exchange
from autograder.wall.isolation import Isolation
from autograder.wall.process import Order, Process, Started
from autograder.wall.warm import Warm


class Seat:
    """Everything that is loaded once to grade many submissions of one task; use it in a `with`.

    Raises AssignmentError where there is no such assignment, LaunchError where no student's
    code can be run here as the task wants it. A grader that cannot be loaded is the answer to
    every job.
    """

    def __init__(self, task: Task) -> None:
        self.task = task
        self.isolation = Isolation(task.isolation)
        self.assignment = load(task.name, task.root)
        self.warm = self._warm_up()
        self.process: Process | None = None
        self.checks: tuple[Check, ...] | GraderError
        try:
            self.checks = collect(self.assignment)
        except GraderError as error:
            self.checks = error
        try:
            self._try_out()
        except BaseException:
            self.close()
            raise

    def carry_out(self, job: Job) -> Done:
        """Grade one submission. What we broke on becomes a report of kind "error"."""
        report = self._grade(job)
        if _is_gone(self.warm):
            # It went down in the middle of this job: the answer may be about that alone.
            self.warm.close()
            self.warm = self._warm_up()
            report = self._grade(job)
        return Done(job.key, report.to_dict())

    def abandon(self) -> None:
        """Kill the student's process where it does not end with this one, as a forked one does."""
        if isinstance(self.process, Started):
            self.process.kill()

    def close(self) -> None:
        self.warm.close()

    def __enter__(self) -> Seat:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _warm_up(self) -> Warm:
        return Warm.start(*packages(self.assignment))

    def _spawn(self, order: Order) -> Process:
        self.process = self.warm.spawn(order)
        return self.process

    def _try_out(self) -> None:
        """Start one worker on an empty file; raises LaunchError when that fails."""
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            module = Path(folder).resolve() / self.assignment.module
            module.touch()
            exchange = Exchange(
                module, self.assignment.limits, spawn=self._spawn, isolation=self.isolation
            )
            try:
                exchange.confine()
            finally:
                exchange.close()

    def _grade(self, job: Job) -> Report:
        try:
            if isinstance(self.checks, GraderError):
                raise self.checks
            work = job.submission
            if gone := [name for name in work.files if not (work.folder / name).is_file()]:
                raise FileNotFoundError(f"{', '.join(gone)} of {work.source} went away meanwhile")
            return grade(
                self.assignment,
                work,
                checks=self.checks,
                spawn=self._spawn,
                data=self.task.data,
                isolation=self.isolation,
                # Whoever names a weaker policy has said so for hidden checks too.
                anyway=self.isolation is not Isolation.REQUIRED,
            )
        except Exception as error:  # ours, whatever it is: one job, never the run
            return fault(self.assignment, job, f"{type(error).__name__}: {error}")


def fault(assignment: Assignment, job: Job, reason: str) -> Report:
    """Return the report of a job that we could not carry out: a person has to look at it."""
    report = ungradable(assignment, "error", clean(reason, 2000))
    return replace(report, notes=job.submission.notes, submission=job.submission.source)


def _is_gone(warm: Warm) -> bool:
    """Tell whether a warm process ended, or was given up after it did not answer."""
    if warm.process is None or warm.line is None:
        return False
    return warm.line.fileno() < 0 or warm.process.popen.poll() is not None
