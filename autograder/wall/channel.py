"""The judge's ends of a worker's three pipes: bytes out, bytes in under a deadline, prints aside.

`Polled` does all of it in the thread that asks: no thread hands a message to another, which
would cost more than the message. Where pipes cannot be polled (Windows), `Threaded` does.
"""

from __future__ import annotations

import os
import queue
import select
import threading
import time
from contextlib import suppress
from typing import IO, Protocol

from autograder.wall.printed import Printed
from autograder.wall.process import Process

CHUNK = 1 << 18
SETTLE_SECONDS = 0.1


class NoAnswer(Exception):
    """The deadline passed before the bytes came."""


class Channel(Protocol):
    """The three pipes of one worker."""

    def send(self, data: bytes) -> None:
        """Have bytes written as the worker reads; never waits."""

    def take(self, count: int, deadline: float) -> bytes:
        """Return the next `count` bytes. Raises NoAnswer, or EOFError at the end."""

    def settle(self) -> None:
        """Read what was printed until now."""

    def close(self) -> None:
        """Let go of what leads to the worker; what it printed can still be settled."""


def open_channel(process: Process, printed: Printed) -> Channel:
    """Return a channel to a process that was just started."""
    if hasattr(select, "poll"):
        return Polled(process, printed)
    return Threaded(process, printed)


class Polled:
    """All three pipes, in the thread that asks; see `Channel`."""

    def __init__(self, process: Process, printed: Printed) -> None:
        self.printed = printed
        self.out: IO[bytes] | None = process.stdin
        self.answers: IO[bytes] | None = process.stdout
        self.prints: IO[bytes] | None = process.stderr
        for stream in (process.stdin, process.stdout, process.stderr):
            os.set_blocking(stream.fileno(), False)
        self.unsent = memoryview(b"")
        self.unread = bytearray()

    def send(self, data: bytes) -> None:
        self.unsent = memoryview(bytes(self.unsent) + data if self.unsent else data)
        self._write()

    def take(self, count: int, deadline: float) -> bytes:
        while len(self.unread) < count:
            if self.answers is None:
                raise EOFError
            self._wait(deadline)
        data = bytes(self.unread[:count])
        del self.unread[:count]
        return data

    def settle(self) -> None:
        end = time.monotonic() + SETTLE_SECONDS
        while self._hear() and time.monotonic() < end:
            pass

    def close(self) -> None:
        for stream in (self.out, self.answers):
            _close(stream)
        self.out = self.answers = None
        self.settle()
        _close(self.prints)
        self.prints = None

    def _wait(self, deadline: float) -> None:
        """Wait for one of the pipes, and move what it has or takes."""
        poll, streams = select.poll(), {}
        wanted = [(self.answers, select.POLLIN), (self.prints, select.POLLIN)]
        wanted += [(self.out, select.POLLOUT)] if self.unsent else []
        for stream, event in wanted:
            if stream is not None:
                poll.register(stream.fileno(), event)
                streams[stream.fileno()] = stream
        left = deadline - time.monotonic()
        ready = poll.poll(max(0.0, left) * 1000) if left > 0 else []
        if not ready:
            raise NoAnswer
        for number, _ in ready:
            if streams[number] is self.answers:
                self._read()
            elif streams[number] is self.prints:
                self._hear()
            else:
                self._write()

    def _write(self) -> None:
        if self.out is None:
            return
        try:
            while self.unsent:
                self.unsent = self.unsent[os.write(self.out.fileno(), self.unsent) :]
        except BlockingIOError:
            return
        except OSError:  # the worker reads no more: it is the answer that will not come
            _close(self.out)
            self.out, self.unsent = None, memoryview(b"")

    def _read(self) -> None:
        assert self.answers is not None
        data = _read(self.answers)
        if data:
            self.unread += data
        elif data is not None:
            _close(self.answers)
            self.answers = None

    def _hear(self) -> bool:
        """Read some of what was printed; tell whether there may be more."""
        if self.prints is None:
            return False
        data = _read(self.prints)
        if data is None:
            return False
        if data:
            self.printed.add(data)
            return True
        _close(self.prints)
        self.prints = None
        return False


class Threaded:
    """A thread for each pipe; see `Channel`."""

    def __init__(self, process: Process, printed: Printed) -> None:
        self.process = process
        self.printed = printed
        self.closed = False
        # A few chunks at most wait here: a student who floods the wire waits, not the judge.
        self.inbox: queue.Queue[bytes] = queue.Queue(4)
        self.outbox: queue.Queue[bytes | None] = queue.Queue()
        self.unread = bytearray()
        for work in (self._read, self._write, self._drain):
            threading.Thread(target=work, daemon=True).start()

    def send(self, data: bytes) -> None:
        self.outbox.put(data)

    def take(self, count: int, deadline: float) -> bytes:
        while len(self.unread) < count:
            try:
                part = self.inbox.get(timeout=max(0.0, deadline - time.monotonic()))
            except queue.Empty:
                raise NoAnswer from None
            if not part:
                self.inbox.put(b"")
                raise EOFError
            self.unread += part
        data = bytes(self.unread[:count])
        del self.unread[:count]
        return data

    def settle(self) -> None:
        time.sleep(0.002)
        with self.printed.lock:  # what was being read is there now
            pass

    def close(self) -> None:
        self.closed = True
        self.outbox.put(None)

    def _read(self) -> None:
        stream = self.process.stdout
        with suppress(OSError, ValueError), stream:
            while not self.closed and (part := os.read(stream.fileno(), CHUNK)):
                self._deliver(part)
        self._deliver(b"")

    def _deliver(self, part: bytes) -> None:
        while not self.closed:
            with suppress(queue.Full):
                return self.inbox.put(part, timeout=0.2)

    def _write(self) -> None:
        stream = self.process.stdin
        while (data := self.outbox.get()) is not None:
            with suppress(OSError, ValueError):
                stream.write(data)
                stream.flush()
        with suppress(OSError, ValueError):
            stream.close()

    def _drain(self) -> None:
        stream = self.process.stderr
        with suppress(OSError, ValueError), stream:
            while data := os.read(stream.fileno(), 1 << 16):
                with self.printed.lock:
                    self.printed.add(data)


def _read(stream: IO[bytes]) -> bytes | None:
    """Return what a pipe holds, nothing at its end; None where there is nothing yet."""
    try:
        return os.read(stream.fileno(), CHUNK)
    except BlockingIOError:
        return None
    except (OSError, ValueError):
        return b""


def _close(stream: IO[bytes] | None) -> None:
    if stream is not None:
        with suppress(OSError, ValueError):
            stream.close()
