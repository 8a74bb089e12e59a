"""Run trusted code on untrusted numbers in a forked child with limits on time and memory.

The child is a copy of the judge, but its work is a graph's arithmetic and nothing else: no
label, no expected value is among its arguments. It answers through a pipe, as data. Within
`at_desk` one child does one work after another, since a fork costs more than most works do.
"""

from __future__ import annotations

import os
import pickle
import select
import signal
import sys
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from autograder.models.graph import ModelFailure
from autograder.wall import wire
from autograder.wall.system import DEATH_SIGNAL, prctl

SECONDS = 60.0
MEMORY_MB = 3072
FAILED, REFUSED, DONE = "failed", "refused", "done"
SIZE = 8  # bytes that tell the length of what follows


@dataclass
class Desk:
    """A child that waits for work: its process id and the two pipes, 0 where it is to be forked."""

    pid: int = 0
    to: int = -1
    answers: int = -1

    def close(self) -> None:
        if self.pid:
            os.close(self.to)
            _end(self.pid, self.answers)
            self.pid = 0


_DESK: ContextVar[Desk | None] = ContextVar("desk", default=None)


@contextmanager
def at_desk() -> Iterator[None]:
    """Let one child do all the works of the body; after a failure it is another one."""
    desk = Desk()
    token = _DESK.set(desk)
    try:
        yield
    finally:
        _DESK.reset(token)
        desk.close()


def apart(function: Callable[..., Any], *args: Any, seconds: float = SECONDS) -> Any:
    """Return `function(*args)`, computed in a child that has `seconds` and 3 GB for it.

    Where no process can be forked, it runs here, without limits. Raises ModelFailure when
    it fails, or runs out of time or memory.
    """
    return apart_each(function, [args], seconds=seconds)[0]


def apart_each(
    function: Callable[..., Any], works: Sequence[tuple[Any, ...]], *, seconds: float = SECONDS
) -> list[Any]:
    """Return what `function` gives for each of `works`, computed side by side in a child each."""
    if not hasattr(os, "fork"):
        return [_opened(_attempt(function, args)) for args in works]
    end, desk = time.monotonic() + seconds, _DESK.get()
    if desk is not None and len(works) == 1:
        return [_opened(_ask(desk, function, works[0], end))]
    children = [_fork(function, args, seconds) for args in works]
    try:
        return [_opened(_read(source, end)) for _, source in children]
    finally:
        for pid, source in children:
            _end(pid, source)


def _ask(desk: Desk, function: Callable[..., Any], args: tuple[Any, ...], end: float) -> bytes:
    """Have a work done at the desk; a child that did not answer is not asked again."""
    asked = pickle.dumps((function, args))
    try:
        _hand_in(desk, len(asked).to_bytes(SIZE, "big") + asked)
        size = _read(desk.answers, end, SIZE)
        answer = _read(desk.answers, end, int.from_bytes(size, "big")) if size else b""
    except BrokenPipeError:
        answer = b""
    except BaseException:
        desk.close()
        raise
    if not answer:
        desk.close()
    return answer


def _hand_in(desk: Desk, asked: bytes) -> None:
    """Write a work to the desk; one that ended since the last work gets a successor."""
    for _ in range(2):
        if not desk.pid:
            desk.pid, desk.to, desk.answers = _open_desk()
        with suppress(BrokenPipeError):
            return _write(desk.to, asked)
        desk.close()
    raise BrokenPipeError


def _open_desk() -> tuple[int, int, int]:
    """Fork a child that does works until its pipe ends; return it and the two pipes to it."""
    theirs, to = os.pipe()
    answers, sink = os.pipe()
    pid = _forked()
    if pid:
        os.close(theirs)
        os.close(sink)
        return pid, to, answers
    try:
        os.close(to)
        os.close(answers)
        _limit()
        while size := _taken(theirs, SIZE):
            function, args = pickle.loads(_taken(theirs, int.from_bytes(size, "big")))
            answer = _attempt(function, args)
            _write(sink, len(answer).to_bytes(SIZE, "big") + answer)
    finally:
        os._exit(0)


def _fork(function: Callable[..., Any], args: tuple[Any, ...], seconds: float) -> tuple[int, int]:
    """Fork a child for one work."""
    source, sink = os.pipe()
    pid = _forked()
    if pid:
        os.close(sink)
        return pid, source
    try:
        _limit(int(seconds) + 5)
        _write(sink, _attempt(function, args))
    finally:
        os._exit(0)


def _forked() -> int:
    with warnings.catch_warnings():
        # The judge's other threads only listen; none of them holds a lock that torch needs.
        warnings.simplefilter("ignore", DeprecationWarning)
        pid = os.fork()
    if not pid:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        if sys.platform.startswith("linux"):
            prctl(DEATH_SIGNAL, signal.SIGKILL)  # it holds copies of the judge's descriptors
    return pid


def _limit(seconds: int = 0) -> None:
    """Limit the memory of this child to what it has and 3 GB, its processor time where given."""
    import resource

    with suppress(OSError, ValueError):
        with open("/proc/self/statm") as file:
            used = int(file.read().split()[5]) * resource.getpagesize()
        bytes_ = used + (MEMORY_MB << 20)
        resource.setrlimit(resource.RLIMIT_DATA, (bytes_, bytes_))
        if seconds:
            resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))


def _end(pid: int, source: int) -> None:
    os.close(source)
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)


def _attempt(function: Callable[..., Any], args: tuple[Any, ...]) -> bytes:
    if "torch" in sys.modules:
        sys.modules["torch"].manual_seed(0)  # whatever was done before
    try:
        return wire.pack((DONE, function(*args)))
    except ModelFailure as failure:
        return wire.pack((REFUSED, str(failure), failure.hint, failure.where))
    except MemoryError:
        return wire.pack((REFUSED, "the model needs more memory than it may have", "", ""))
    except Exception as error:
        return wire.pack((FAILED, f"{type(error).__name__}: {error}"[:500]))


def _opened(answer: bytes) -> Any:
    try:
        told = wire.unpack(answer)
    except wire.WireError:
        raise ModelFailure("running the model ended without an answer") from None
    if told[0] == DONE:
        return told[1]
    if told[0] == REFUSED:
        raise ModelFailure(told[1], told[2], told[3])
    raise RuntimeError(told[1])


def _write(sink: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(sink, view) :]


def _taken(source: int, count: int) -> bytes:
    """Return the next `count` bytes of a pipe; fewer at its end."""
    parts: list[bytes] = []
    while count and (part := os.read(source, min(count, 1 << 20))):
        parts.append(part)
        count -= len(part)
    return b"".join(parts)


def _read(source: int, end: float, count: int = 1 << 62) -> bytes:
    """Return what a child writes, up to `count` bytes or its end. Raises ModelFailure."""
    parts: list[bytes] = []
    while count:
        ready = select.select([source], [], [], max(0.0, end - time.monotonic()))[0]
        if not ready:
            hint = "use fewer operations, or smaller ones"
            raise ModelFailure("running the model took too long", hint)
        part = os.read(source, min(count, 1 << 20))
        if not part:
            break
        parts.append(part)
        count -= len(part)
    return b"".join(parts)
