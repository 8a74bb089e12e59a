"""Talk to a worker under a deadline; the threads that carry its pipes."""

from __future__ import annotations

import os
import queue
import select
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from autograder.assignment import Limits
from autograder.report import clean
from autograder.wall import decode, wire
from autograder.wall.process import LaunchError, Process

START_SECONDS = 90.0
SETTLE_SECONDS = 0.1


class WorkerDied(Exception):
    """The worker ended or stopped answering; `timeout` tells which."""

    def __init__(self, message: str, timeout: bool = False) -> None:
        super().__init__(message)
        self.timeout = timeout


class Worker:
    """One process that runs one submission, and the three threads that carry its pipes.

    An `eager` worker imports the module before it is asked to, one with `torch` imports torch
    before it says that it has started. `await_start` and `ask` raise
    LaunchError when this machine cannot run it.
    """

    def __init__(
        self,
        module: Path,
        limits: Limits,
        process: Process,
        eager: bool = True,
        torch: bool = False,
    ) -> None:
        self.process = process
        self.alive = True
        self.layers: dict[str, str] = {}
        # One message at most waits here: a student who floods the wire waits, not the judge.
        self._inbox: queue.Queue[Any] = queue.Queue(1)
        self._outbox: queue.Queue[bytes | None] = queue.Queue()
        self.printed = Printed(limits.output_kb * 1024)
        for work in (self._read, self._write, self._drain):
            threading.Thread(target=work, daemon=True).start()
        self._number = 0
        opening = {"id": 0, "module": str(module), "eager": eager, "torch": torch}
        self._outbox.put(wire.pack(opening))

    def await_start(self) -> None:
        """Wait until the worker has given up its rights; raises LaunchError."""
        if self.layers:
            return
        try:
            self.layers = dict(self._answer(0, time.monotonic() + START_SECONDS)["ok"])
        except (WorkerDied, LaunchError, KeyError, TypeError, ValueError) as error:
            self.settle()
            text = self.printed.text().strip().splitlines()[-1:]
            raise LaunchError(f"the worker did not start: {' '.join(text) or error}") from error

    def ask(self, message: dict[str, Any], seconds: float, keep: wire.Keep) -> dict[str, Any]:
        """Send one message and return its answer; raises WorkerDied or wire.WireError."""
        self.await_start()
        self._number += 1
        self._outbox.put(wire.pack({"id": self._number, **message}, keep))
        return self._answer(self._number, time.monotonic() + seconds)

    def _answer(self, number: int, deadline: float) -> dict[str, Any]:
        try:
            got = self._inbox.get(timeout=max(0.0, deadline - time.monotonic()))
        except queue.Empty:
            self.kill()
            raise WorkerDied("no answer in time", timeout=True) from None
        if isinstance(got, dict) and type(got.get("id")) is int and got["id"] == number:
            return got
        self.kill()
        reason = got.reason if isinstance(got, _Ended) else "the process answered out of turn"
        raise WorkerDied(reason or self.process.ending())

    def settle(self) -> None:
        """Wait until what was printed before the last answer has been read: it travels apart."""
        end = time.monotonic() + SETTLE_SECONDS
        while _waiting(self.process.stderr, 0) and time.monotonic() < end:
            time.sleep(0.0005)
        with self.printed.lock:  # what was being read is there now
            pass

    def kill(self) -> None:
        """Kill the worker and every process that it or its children started."""
        if not self.alive:
            return
        self.alive = False
        self._outbox.put(None)
        self.process.kill()

    def _read(self) -> None:
        stream = self.process.stdout

        def take(count: int) -> bytes:
            data = stream.read(count)
            if len(data) != count:
                raise EOFError
            return data

        ended = _Ended("")
        with suppress(EOFError, OSError, ValueError), stream:
            try:
                while self.alive:
                    self._deliver(wire.decode(*wire.read(take), resolve=Ref.of))
            except (wire.WireError, MemoryError):
                ended = _Ended("what the process answered cannot be read")
        self._deliver(ended)

    def _deliver(self, message: Any) -> None:
        while self.alive:
            with suppress(queue.Full):
                return self._inbox.put(message, timeout=0.2)

    def _write(self) -> None:
        stream = self.process.stdin
        while (data := self._outbox.get()) is not None:
            with suppress(OSError, ValueError):
                stream.write(data)
                stream.flush()
        with suppress(OSError, ValueError):
            stream.close()

    def _drain(self) -> None:
        stream = self.process.stderr
        with suppress(OSError, ValueError), stream:
            while self.printed.take(stream):
                pass


@dataclass(frozen=True)
class _Ended:
    """The last thing the judge hears of a worker; an empty reason asks how it ended."""

    reason: str


class Ref:
    """What the judge knows of an object that stayed with the student: a number and words."""

    def __init__(self, data: dict[str, Any]) -> None:
        self.id = decode.count(data["id"])
        self.type, self.name, self.file = (_word(data[key]) for key in ("type", "name", "file"))
        self.line = decode.count(data["line"])
        self.callable = data["callable"] is True

    @staticmethod
    def of(data: dict[str, Any]) -> Ref:
        return Ref(data)

    @property
    def where(self) -> str:
        """Return the place of a student's function, `bn.py:31 forward`, or nothing."""
        return f"{self.file}:{self.line} {self.name}" if self.file else ""


def _word(text: Any) -> str:
    return " ".join(clean(decode.text(text)[:400], 100).split())


class Printed:
    """The first and last bytes of what a student's code printed; the middle is let go."""

    def __init__(self, limit: int) -> None:
        self.half = max(1, limit // 2)
        self.head = bytearray()
        self.tail = bytearray()
        self.total = 0
        self.lock = threading.Lock()

    def take(self, stream: IO[bytes]) -> bool:
        """Wait for output and read it; nobody sees a moment between the two. False at the end."""
        _waiting(stream, None)
        with self.lock:
            data = os.read(stream.fileno(), 1 << 16)
            self._add(data)
        return bool(data)

    def _add(self, data: bytes) -> None:
        self.total += len(data)
        room = self.half - len(self.head)
        self.head += data[:room]
        self.tail = (self.tail + data[max(room, 0) :])[-self.half :]

    def reset(self) -> None:
        with self.lock:
            self.head, self.tail, self.total = bytearray(), bytearray(), 0

    def text(self) -> str:
        with self.lock:
            left = self.total - len(self.head) - len(self.tail)
            middle = b"\n[...]\n" if left > 0 else b""
            return (bytes(self.head) + middle + bytes(self.tail)).decode("utf-8", "replace")


def _waiting(stream: IO[bytes], seconds: float | None) -> bool:
    """Tell whether a pipe holds bytes that nobody has read yet, or is at its end."""
    try:
        return bool(select.select([stream], [], [], seconds)[0])
    except (OSError, ValueError):
        return False
