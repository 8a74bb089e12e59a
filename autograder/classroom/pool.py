"""Gradings on this machine, in processes of their own. Theory of operation:

1. Each child holds a `Seat` and one end of a pipe. It is given one job, and the next when it
   has answered: a child that is killed costs its own job only, which is given again.
2. A child's main thread grades (the time limit of a check is a signal); another listens to the
   pipe. The pipe's end says that the pool is closed or its process gone: the child ends at
   once, whatever it is doing, and the student's process with it.
3. Jobs are taken from the iterable only when there is a child that is free for them.
"""

from __future__ import annotations

import os
import queue
import signal
import threading
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from multiprocessing import connection, get_context
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from types import FrameType, TracebackType

from autograder.assignment import load
from autograder.classroom.carry import Seat, fault
from autograder.classroom.executor import LOST_LIMIT, Done, Job, Task
from autograder.wall.process import LaunchError

END_SECONDS = 0.5
LOST = (
    f"the process that graded this work was killed {LOST_LIMIT} times (the machine's memory may "
    "not have been enough); grade it alone, and look at what the system says of killed processes"
)


@dataclass(frozen=True)
class _Refusal:
    """What a child says when it can carry out no job at all."""

    reason: str


@dataclass
class _Child:
    """A grading process and the job that it was given."""

    process: BaseProcess
    pipe: Connection
    job: Job | None = None

    def give(self, job: Job) -> None:
        self.job = job
        with suppress(OSError):  # a child that is gone is noticed when it is listened to
            self.pipe.send(job)

    def answer(self) -> Done | None:
        """Return what the child answered; None when it is gone. Raises LaunchError."""
        try:
            said = self.pipe.recv() if self.pipe.poll() else None
        except (EOFError, OSError):
            return None
        if isinstance(said, _Refusal):
            raise LaunchError(said.reason)
        assert said is None or isinstance(said, Done)
        return said

    def end(self) -> None:
        self.process.join(END_SECONDS)
        if self.process.is_alive():
            self.process.kill()
            self.process.join()
        self.pipe.close()


@dataclass
class _Run:
    """One pass over an iterable of jobs: how often each that waits for its answer came, which
    are to be given again, and how often each was lost with its child."""

    source: Iterator[Job]
    waiting: Counter[str] = field(default_factory=Counter)
    again: list[Job] = field(default_factory=list)
    lost: Counter[str] = field(default_factory=Counter)

    def next(self) -> Job | None:
        if self.again:
            return self.again.pop()
        for job in self.source:
            self.waiting[job.key] += 1
            if self.waiting[job.key] == 1:
                return job
        return None

    def answered(self, done: Done) -> int:
        """Return how often the job came that this is the answer to."""
        self.lost.pop(done.key, None)
        return self.waiting.pop(done.key)


class Pool:
    """Carries out jobs in up to `jobs` processes; use it in a `with`. Raises AssignmentError."""

    def __init__(self, task: Task, jobs: int = 1) -> None:
        self.task = task
        self.assignment = load(task.name, task.root)
        self.size = max(1, jobs)
        self.closed = False
        self.children: list[_Child] = []

    def run(self, jobs: Iterable[Job]) -> Iterator[Done]:
        """Yield each answer as it comes, as `Executor.run` says; ends when the pool is closed.

        A job that comes again before it is answered is not carried out again.
        """
        run = _Run(iter(jobs))
        try:
            while busy := self._hand_out(run):
                for child in _ready(busy):
                    job, done = child.job, child.answer()
                    child.job = None
                    if done is None and job is not None:
                        done = self._lose(child, job, run)
                    times = run.answered(done) if done else 0
                    self._hand_out(run)  # no child waits while the answer is used
                    yield from [done] * times if done else ()
        finally:
            # What a run that was left early had begun may not answer the next one.
            self._end([child for child in self.children if child.job is not None])

    def close(self) -> None:
        """End every process at once, in the middle of a job too; from any thread."""
        self.closed = True
        self._end(list(self.children))

    def __enter__(self) -> Pool:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _hand_out(self, run: _Run) -> list[_Child]:
        """Give jobs to free children, and return the children that have one."""
        while not self.closed:
            free = [child for child in self.children if child.job is None]
            if not free and len(self.children) >= self.size:
                break
            job = run.next()
            if job is None:
                break
            (free[0] if free else self._start()).give(job)
        return [] if self.closed else [child for child in self.children if child.job is not None]

    def _start(self) -> _Child:
        context = get_context("spawn")
        ours, theirs = context.Pipe()
        process = context.Process(target=_serve, args=(self.task, theirs), daemon=True)
        try:
            with _uninterrupted():
                process.start()
        except OSError as error:
            ours.close()
            raise LaunchError(f"no process for gradings could be started: {error}") from error
        finally:
            theirs.close()  # or the pipe would not end with the child
        child = _Child(process, ours)
        self.children.append(child)
        return child

    def _lose(self, child: _Child, job: Job, run: _Run) -> Done | None:
        """Let go of a child that is gone; answer for it when its job may not be given again."""
        self._end([child])
        run.lost[job.key] += 1
        if run.lost[job.key] < LOST_LIMIT:
            run.again.append(job)
            return None
        return Done(job.key, fault(self.assignment, job, LOST).to_dict())

    def _end(self, children: list[_Child]) -> None:
        for child in children:
            with suppress(OSError):  # said, not only closed: a thread may be waiting on the pipe
                child.pipe.send(None)
        for child in children:
            child.end()
            with suppress(ValueError):
                self.children.remove(child)


def _ready(busy: list[_Child]) -> list[_Child]:
    """Wait until a child answers or is gone, and return those that did."""
    ready = connection.wait([x for c in busy for x in (c.pipe, c.process.sentinel)])
    return [c for c in busy if c.pipe in ready or c.process.sentinel in ready]


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Start a process in the body for which Ctrl-C waits until it is ready to ignore it."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _serve(task: Task, pipe: Connection) -> None:
    """Carry out what comes through the pipe until it ends: the life of a child."""
    # A function, as SIG_IGN would be passed on to the student's process.
    signal.signal(signal.SIGINT, _ignore)
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    inbox: queue.SimpleQueue[Job] = queue.SimpleQueue()
    seats: list[Seat] = []
    threading.Thread(target=_listen, args=(pipe, inbox, seats), daemon=True).start()
    try:
        seats.append(Seat(task))
    except Exception as error:
        pipe.send(_Refusal(str(error) or type(error).__name__))
        return
    while True:
        pipe.send(seats[0].carry_out(inbox.get()))


def _ignore(number: int, frame: FrameType | None) -> None:
    """Ctrl-C belongs to the process that owns the pool."""


def _listen(pipe: Connection, inbox: queue.SimpleQueue[Job], seats: list[Seat]) -> None:
    """Pass jobs on; end this process when the pipe ends, or says so."""
    try:
        while (job := pipe.recv()) is not None:
            inbox.put(job)
    except (EOFError, OSError):
        pass
    finally:
        for seat in seats:
            seat.abandon()
        os._exit(0)
