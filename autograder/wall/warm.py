"""Workers forked from a warm process: the judge's side of `autograder.wall.nursery`.

`Warm.start("torch")` pays for the import once; each `spawn` is a fork. Without the system calls
(they are Linux's), or where the warm process does not come up, `spawn` starts a cold worker.
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
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from autograder.wall.process import (
    LaunchError,
    Process,
    Started,
    command,
    ending,
    environment,
    spawn,
)

WARM_SECONDS = 120.0
ANSWER_SECONDS = 20.0
GONE = "the process that starts workers ended; grade once more"


@dataclass(frozen=True)
class Forked:
    """A worker that was forked by `warm`, the only one that learns how it ended."""

    pid: int
    stdin: IO[bytes]
    stdout: IO[bytes]
    stderr: IO[bytes]
    warm: Warm

    def poll(self) -> int | None:
        """Return the exit code, None while it runs. Raises LaunchError."""
        code: int | None = self.warm.ask({"do": "poll", "pid": self.pid})["code"]
        return code

    def ending(self) -> str:
        return ending(self.poll())

    def kill(self) -> None:
        with suppress(LaunchError):  # a dead nursery took its workers with it
            end = time.monotonic() + 0.05
            while self.poll() is None and time.monotonic() < end:
                time.sleep(0.001)
            self.warm.ask({"do": "kill", "pid": self.pid})


class Warm:
    """A process that holds the heavy packages and forks workers; usable from many threads.

    Close it, or use it in a `with`: its workers end with it.
    """

    def __init__(self, process: Started | None, line: socket.socket | None) -> None:
        self.process = process
        self.line = line
        self.lock = threading.Lock()
        self.ready: bool | None = None if line else False

    @staticmethod
    def start(*packages: str) -> Warm:
        """Start to warm up, with numpy and `packages` (`torch`, `sympy`); does not wait.

        Raises LaunchError when no process can be started.
        """
        if not sys.platform.startswith("linux"):
            return Warm(None, None)
        mark = secrets.token_hex(16)
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        try:
            popen = subprocess.Popen(
                command(str(theirs.fileno()), *packages),
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
        return Warm(Started(popen, mark), ours)

    def spawn(self, module: Path) -> Process:
        """Return a new worker in the folder of `module`. Raises LaunchError."""
        if not self._is_ready():
            return spawn(module)
        (stdin, to), (out, stdout), (err, stderr) = (os.pipe() for _ in range(3))
        try:
            request = {"do": "spawn", "folder": str(module.parent)}
            answer = self.ask(request, (stdin, stdout, stderr))
            if "pid" not in answer:
                raise LaunchError(f"the worker did not start: {answer['error']}")
        except LaunchError:
            _close(to, out, err)
            raise
        finally:
            _close(stdin, stdout, stderr)
        ends = os.fdopen(to, "wb"), os.fdopen(out, "rb"), os.fdopen(err, "rb")
        return Forked(answer["pid"], *ends, self)

    def ask(self, request: dict[str, Any], descriptors: Sequence[int] = ()) -> dict[str, Any]:
        """Send one request to the nursery and return its answer. Raises LaunchError."""
        assert self.line is not None
        with self.lock:
            try:
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
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
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
