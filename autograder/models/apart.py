"""Run trusted code on untrusted numbers in a forked child with limits on time and memory.

The child is a copy of the judge, but its work is a graph's arithmetic and nothing else: no
label, no expected value is among its arguments. It answers through a pipe, as data.
"""

from __future__ import annotations

import os
import select
import signal
import time
import warnings
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from autograder.models.graph import ModelFailure
from autograder.wall import wire

SECONDS = 60.0
MEMORY_MB = 3072
FAILED, REFUSED, DONE = "failed", "refused", "done"


def apart(work: Callable[[], Any], *, seconds: float = SECONDS, memory_mb: int = MEMORY_MB) -> Any:
    """Return `work()`, computed in a child that has `seconds` and `memory_mb` for it.

    Where no process can be forked, it runs here, without limits. Raises ModelFailure when
    it fails, or runs out of time or memory.
    """
    return apart_each([work], seconds=seconds, memory_mb=memory_mb)[0]


def apart_each(
    works: list[Callable[[], Any]], *, seconds: float = SECONDS, memory_mb: int = MEMORY_MB
) -> list[Any]:
    """Return what each of `works` gives, computed side by side in a child each."""
    if not hasattr(os, "fork"):
        return [_opened(_attempt(work)) for work in works]
    children = [_fork(work, seconds, memory_mb) for work in works]
    end = time.monotonic() + seconds
    try:
        return [_opened(_read(source, end)) for _, source in children]
    finally:
        for pid, source in children:
            os.close(source)
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)


def _fork(work: Callable[[], Any], seconds: float, memory_mb: int) -> tuple[int, int]:
    source, sink = os.pipe()
    with warnings.catch_warnings():
        # The judge's threads only carry pipes; none of them holds a lock that torch needs.
        warnings.simplefilter("ignore", DeprecationWarning)
        pid = os.fork()
    if pid:
        os.close(sink)
        return pid, source
    try:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        _limit(seconds, memory_mb)
        view = memoryview(_attempt(work))
        while view:
            view = view[os.write(sink, view) :]
    finally:
        os._exit(0)


def _limit(seconds: float, memory_mb: int) -> None:
    import resource

    with suppress(OSError, ValueError):
        used = 0
        with open("/proc/self/statm") as file:
            used = int(file.read().split()[5]) * resource.getpagesize()
        bytes_ = used + (memory_mb << 20)
        resource.setrlimit(resource.RLIMIT_DATA, (bytes_, bytes_))
        resource.setrlimit(resource.RLIMIT_CPU, (int(seconds) + 5, int(seconds) + 5))


def _attempt(work: Callable[[], Any]) -> bytes:
    try:
        return wire.pack((DONE, work()))
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


def _read(source: int, end: float) -> bytes:
    parts: list[bytes] = []
    while True:
        ready = select.select([source], [], [], max(0.0, end - time.monotonic()))[0]
        if not ready:
            hint = "use fewer operations, or smaller ones"
            raise ModelFailure("running the model took too long", hint)
        part = os.read(source, 1 << 20)
        if not part:
            return b"".join(parts)
        parts.append(part)
