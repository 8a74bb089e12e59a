"""The judge's side of `autograder.wall.nursery`: workers that a supervisor forks and ends.

`spawn` starts a supervisor for one worker. `Warm.start("torch")` pays for the import once; each
of its `spawn` is a fork. Without the system calls (they are Linux's), or where the warm process
does not come up, workers start without a supervisor.
"""

from __future__ import annotations

import json
import os
import secrets
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType
from typing import IO, Any

from autograder.wall import process as alone
from autograder.wall.process import LaunchError, Order, Process, Started, command, environment

WARM_SECONDS = 120.0
ANSWER_SECONDS = 20.0
GONE = "the process that starts workers ended; grade once more"


def spawn(order: Order) -> Process:
    """Start one worker with a supervisor of its own. Raises LaunchError."""
    if not sys.platform.startswith("linux"):
        return alone.spawn(order)
    line, started = _start("attend", json.dumps(order.to_dict()))
    streams = started.stdin, started.stdout, started.stderr
    return Forked(None, *streams, Warm(started, line, sole=True))


def _start(how: str, *arguments: str) -> tuple[socket.socket, Started]:
    """Start the process that workers are forked from; return the line to it, and it."""
    mark = secrets.token_hex(16)
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    try:
        popen = subprocess.Popen(
            command(how, str(theirs.fileno()), *arguments),
            # Pipes, as a worker has: Python looks at what a stream is when it starts.
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=os.sep,
            env=environment(mark),
            pass_fds=[theirs.fileno()],
            start_new_session=True,  # Ctrl-C belongs to the judge
        )
    except OSError as error:
        ours.close()
        raise LaunchError(f"the worker did not start: {error}") from error
    finally:
        theirs.close()
    return ours, Started(popen, mark)


@dataclass
class Forked:
    """A worker that was forked by `warm`, the only one that learns how it ended.

    Without a `pid` it is the only one, and its supervisor ends with it.
    """

    pid: int | None
    stdin: IO[bytes]
    stdout: IO[bytes]
    stderr: IO[bytes]
    warm: Warm
    uid: int | None = None
    last: dict[str, Any] | None = None  # the answer after which there is nobody to ask

    def poll(self) -> int | None:
        """Return the exit code, None while it runs. Raises LaunchError."""
        code: int | None = self._ask("poll")["code"]
        return code

    def ending(self) -> str:
        answer = self._ask("poll")
        reason = answer["reason"]
        return f"the process was killed: {reason}" if reason else alone.ending(answer["code"])

    def kill(self, grace: float = 0.0) -> None:
        try:
            end = time.monotonic() + grace
            while time.monotonic() < end and self.poll() is None:
                time.sleep(0.001)
            self.last = self._ask("kill")
        except LaunchError:
            # A supervisor that was killed took its workers with it, but nothing that they left.
            uid = self.warm.uid if self.pid is None else self.uid
            if uid is not None:
                from autograder.wall.reaper import kill_alone

                kill_alone(uid)
        if self.pid is None:
            self.warm.close()

    def _ask(self, what: str) -> dict[str, Any]:
        return self.last or self.warm.ask({"do": what, "pid": self.pid})


class Warm:
    """A process that holds the heavy packages and forks workers; usable from many threads.

    Close it, or use it in a `with`: its workers end with it.
    """

    def __init__(
        self, process: Started | None, line: socket.socket | None, sole: bool = False
    ) -> None:
        self.process = process
        self.line = line
        self.sole = sole  # the supervisor of one worker, which has its streams
        self.lock = threading.Lock()
        self.ready: bool | None = None if line else False
        self.forked = not sole
        self.uid: int | None = None  # of the one worker

    @staticmethod
    def start(*packages: str) -> Warm:
        """Start to warm up, with numpy and `packages` (`torch`, `sympy`); does not wait.

        Raises LaunchError when no process can be started.
        """
        if not sys.platform.startswith("linux"):
            return Warm(None, None)
        line, started = _start("tend", *packages)
        return Warm(started, line)

    def spawn(self, order: Order) -> Process:
        """Return a new worker. Raises LaunchError."""
        if not self._is_ready():
            return alone.spawn(order)
        (stdin, to), (out, stdout), (err, stderr) = (os.pipe() for _ in range(3))
        try:
            request = {"do": "spawn", **order.to_dict()}
            answer = self.ask(request, (stdin, stdout, stderr))
            if "pid" not in answer:
                raise LaunchError(f"the worker did not start: {answer['error']}")
        except LaunchError:
            _close(to, out, err)
            raise
        finally:
            _close(stdin, stdout, stderr)
        ends = os.fdopen(to, "wb"), os.fdopen(out, "rb"), os.fdopen(err, "rb")
        return Forked(answer["pid"], *ends, self, answer["uid"])

    def ask(self, request: dict[str, Any], descriptors: Sequence[int] = ()) -> dict[str, Any]:
        """Send one request to the nursery and return its answer. Raises LaunchError."""
        assert self.line is not None
        with self.lock:
            try:
                if not self.forked:  # it first says that it forked
                    answer = self._hear(ANSWER_SECONDS)
                    self.forked, self.uid = "pid" in answer, answer.get("uid")
                socket.send_fds(self.line, [json.dumps(request).encode()], descriptors)
                return self._hear(ANSWER_SECONDS)
            except (OSError, ValueError) as error:
                self.line.close()  # a late answer must not be taken for the next one
                raise LaunchError(GONE) from error

    def close(self) -> None:
        """End the nursery, its workers and whatever they left."""
        if self.line is None or self.process is None:
            return
        self.line.close()
        with suppress(subprocess.TimeoutExpired):
            self.process.popen.wait(ANSWER_SECONDS)
        self.process.kill()
        streams = (self.process.stdin, self.process.stdout, self.process.stderr)
        for stream in () if self.sole else streams:
            stream.close()

    def __enter__(self) -> Warm:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _hear(self, seconds: float) -> dict[str, Any]:
        assert self.line is not None
        self.line.settimeout(seconds)
        answer: dict[str, Any] = json.loads(self.line.recv(1 << 16))  # nothing: ValueError
        return answer

    def _is_ready(self) -> bool:
        """Wait for the warm process; a fork of several threads would be unsafe."""
        with self.lock:
            if self.ready is None:
                try:
                    self.ready = self._hear(WARM_SECONDS)["threads"] == 1
                except (OSError, ValueError):
                    self.ready = False
            return self.ready


def _close(*descriptors: int) -> None:
    for descriptor in descriptors:
        os.close(descriptor)
