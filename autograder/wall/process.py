"""The operating system's side of a worker: start the process, and leave nothing of it behind.

It imports nothing heavy, so that a worker warms up while its judge is still importing.
"""

from __future__ import annotations

import json
import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any, Protocol

WORKER = Path(__file__).with_name("worker.py")
MARK = "GRADED_WORKER"
PASSED_ON = ("PATH", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "SYSTEMROOT", "LD_LIBRARY_PATH")
NAMED = ("USER", "LOGNAME")
ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


class LaunchError(Exception):
    """No worker can be started here: never the student's fault."""


class Process(Protocol):
    """A worker's process: started cold by `spawn`, or forked by `warm.Warm`."""

    @property
    def stdin(self) -> IO[bytes]: ...
    @property
    def stdout(self) -> IO[bytes]: ...
    @property
    def stderr(self) -> IO[bytes]: ...

    def poll(self) -> int | None:
        """Return the exit code, -n after signal n, None while it runs."""

    def ending(self) -> str:
        """Say how the process ended, in words. Raises LaunchError when that was our doing."""

    def kill(self, grace: float = 0.0) -> None:
        """Kill the process and every other that it or its children started.

        One that is about to end has `grace` seconds to do so by itself: its exit code tells how.
        """


@dataclass(frozen=True)
class Order:
    """Which worker to start: for what module, and how it is kept apart.

    `writable` lets the student's code write in the folder of the module.
    """

    module: Path
    memory_mb: int = 2048
    run_seconds: float = 60.0
    isolation: str = "best-effort"
    writable: bool = False

    def to_dict(self) -> dict[str, Any]:
        data = asdict(self)
        return data | {"module": str(self.module), "work": str(self.module.parent)}


Spawn = Callable[[Order], Process]


@dataclass(frozen=True)
class Started:
    """A process of its own. `mark` is a word in the environment that all its children carry."""

    popen: subprocess.Popen[bytes]
    mark: str

    @property
    def stdin(self) -> IO[bytes]:
        return _pipe(self.popen.stdin)

    @property
    def stdout(self) -> IO[bytes]:
        return _pipe(self.popen.stdout)

    @property
    def stderr(self) -> IO[bytes]:
        return _pipe(self.popen.stderr)

    def poll(self) -> int | None:
        return self.popen.poll()

    def ending(self) -> str:
        return ending(self.poll())

    def kill(self, grace: float = 0.0) -> None:
        with suppress(OSError, subprocess.TimeoutExpired):
            self.popen.wait(grace)
        _kill_tree(self)
        with suppress(OSError, subprocess.TimeoutExpired):
            self.popen.wait(5)


def ending(code: int | None) -> str:
    """Say how a process ended, from its exit code."""
    if code is None or code == -signal.SIGKILL:
        return "the process was killed"
    if code < 0:
        with suppress(ValueError):
            return f"the process crashed with {signal.Signals(-code).name}"
    return f"the process ended with exit code {code}"


def spawn(order: Order) -> Process:
    """Start a worker without a supervisor, in the folder of the module.

    Raises LaunchError when no process can be started.
    """
    folder, mark = str(order.module.parent), secrets.token_hex(16)
    try:
        popen = subprocess.Popen(
            command("alone", json.dumps(order.to_dict())),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=folder,
            env=environment(mark) | {"HOME": folder, "TMPDIR": folder},
            start_new_session=os.name == "posix",
        )
    except OSError as error:
        raise LaunchError(f"the worker did not start: {error}") from error
    return Started(popen, mark)


def command(*arguments: str) -> list[str]:
    """Return the command that starts a worker, or the process that workers are forked from."""
    return [sys.executable, "-s", "-B", str(WORKER), *arguments]


def environment(mark: str) -> dict[str, str]:
    """Return a worker's clean environment, all but its folder."""
    env = {key: os.environ[key] for key in PASSED_ON if key in os.environ}
    env |= {"MPLBACKEND": "Agg", MARK: mark} | dict.fromkeys(ONE_THREAD, "1")
    env |= dict.fromkeys(NAMED, "student")  # the user that runs it has no entry to look up
    # The same work gets the same score: sets have one order, and no folder joins the path.
    return env | {"PYTHONHASHSEED": "0", "PYTHONSAFEPATH": "1"}


def _kill_tree(process: Started) -> None:
    if os.name != "posix":
        process.popen.kill()
        return
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.popen.pid, signal.SIGKILL)
    # A process that left the group still carries the mark; repeat until none is left.
    for _ in range(20):
        left = [pid for pid in _marked(process.mark) if pid != process.popen.pid]
        if not left:
            return
        for pid in left:
            with suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(0.005)


def _marked(mark: str) -> list[int]:
    """List the processes that carry the mark (Linux; empty elsewhere)."""
    needle = f"{MARK}={mark}".encode()
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if needle in (folder / "environ").read_bytes():
                found.append(int(folder.name))
    return found


def _pipe(stream: IO[bytes] | None) -> IO[bytes]:
    assert stream is not None
    return stream
