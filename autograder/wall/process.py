"""The operating system's side of a worker: start the process, and leave nothing of it behind.

It imports nothing heavy, so that a worker warms up while its judge is still importing.
"""

from __future__ import annotations

import os
import secrets
import signal
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

WORKER = Path(__file__).with_name("worker.py")
MARK = "GRADED_WORKER"
PASSED_ON = ("PATH", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "SYSTEMROOT", "LD_LIBRARY_PATH")
ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


class LaunchError(Exception):
    """No worker can be started here: never the student's fault."""


@dataclass(frozen=True)
class Process:
    """A worker's process. `mark` is a word in the environment that all its children carry."""

    popen: subprocess.Popen[bytes]
    mark: str

    def ending(self) -> str:
        """Say how the process ended, in words."""
        code = self.popen.poll()
        if code is None or code == -signal.SIGKILL:
            return "the process was killed"
        if code < 0:
            with suppress(ValueError):
                return f"the process crashed with {signal.Signals(-code).name}"
        return f"the process ended with exit code {code}"

    def kill(self) -> None:
        """Kill the process and every other that it or its children started."""
        with suppress(OSError, subprocess.TimeoutExpired):
            self.popen.wait(0.05)
        _kill_tree(self)
        with suppress(OSError, subprocess.TimeoutExpired):
            self.popen.wait(5)


def spawn(module: Path) -> Process:
    """Start a worker in the folder of `module`, with a clean environment.

    Raises LaunchError when no process can be started.
    """
    folder, mark = str(module.parent), secrets.token_hex(16)
    env = {key: os.environ[key] for key in PASSED_ON if key in os.environ}
    env |= {"HOME": folder, "TMPDIR": folder, "MPLBACKEND": "Agg", MARK: mark}
    env |= dict.fromkeys(ONE_THREAD, "1")
    # The same work gets the same score: sets have one order, and no folder joins the path.
    env |= {"PYTHONHASHSEED": "0", "PYTHONSAFEPATH": "1"}
    try:
        popen = subprocess.Popen(
            [sys.executable, "-s", "-B", str(WORKER)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=folder,
            env=env,
            start_new_session=os.name == "posix",
        )
    except OSError as error:
        raise LaunchError(f"the worker did not start: {error}") from error
    return Process(popen, mark)


def _kill_tree(process: Process) -> None:
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
