"""The process that workers are forked from. Theory of operation:

1. The judge starts `worker.py` with a socket and the names of packages. This process imports
   them, once, in a worker's clean environment. It never reads a secret or a student's file.
2. It has one thread, or the judge does without it: a fork copies only the thread that asks.
3. A request is one JSON message on the socket: `spawn` with a folder and the worker's three
   streams, `poll` or `kill` with a process id. Each gets one answer.
4. A worker is a fork in a session of its own. It loses the socket and every descriptor but
   its streams, then goes on in `worker.main` as if it had just been started.
5. Orphans come to the worker they descend from, or to this process once that one is dead: both
   are subreapers (prctl(2)). A child here that is no worker is therefore what a dead worker
   left behind, whatever session or environment it moved to, and is killed.
6. It ends, with every worker, when the judge closes the socket or is gone.
"""

from __future__ import annotations

import ctypes
import gc
import json
import os
import signal
import socket
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from importlib import import_module
from importlib.util import find_spec
from typing import Any

ALWAYS = ("random", "resource", "numpy.random")  # what `worker` and `confine` would import
OURS = ("autograder.wall.confine", "autograder.wall.wire", "autograder.wall.session")
ALONG = {
    # The first optimiser of a process imports torch._dynamo, which takes a second.
    "torch": ("safetensors", "autograder.models.record", "torch._dynamo"),
    "sympy": ("autograder.wall.formula",),
}
SWEEPS = 400
# Numbers from <linux/prctl.h>.
DEATH_SIGNAL, DUMPABLE, SUBREAPER = 1, 4, 36

Workers = dict[int, int | None]  # exit codes, None while a worker runs


def tend(descriptor: int, packages: Sequence[str]) -> None:
    """Fork workers on request; returns in each of them, and never in this process."""
    line = socket.socket(fileno=descriptor)
    warm_up(packages)
    _control(SUBREAPER, 1)
    _control(DUMPABLE, 0)  # no worker of the same user looks into this process
    _say(line, threads=len(os.listdir("/proc/self/task")))
    workers: Workers = {}
    while True:
        data, streams, _, _ = socket.recv_fds(line, 1 << 16, 3)
        if not data:
            break
        request = json.loads(data)
        if request["do"] == "spawn":
            parent, pid = os.getpid(), _fork(line)
            if pid == 0:
                return become(line, streams, request["folder"], parent)
            for stream in streams:
                os.close(stream)
            workers |= {pid: None} if pid else {}
        else:
            _say(line, code=_carry_out(request, workers))
    _kill([pid for pid, code in workers.items() if code is None])
    sweep({})
    os._exit(0)


def warm_up(packages: Sequence[str]) -> None:
    """Import what workers need, and keep it out of the garbage collector's way."""
    for name in (*ALWAYS, *OURS, *packages):
        import_module(name)
        for other in ALONG.get(name, ()):
            if find_spec(other) is not None:
                import_module(other)
    gc.collect()
    gc.freeze()  # the collector would write to pages that workers share


def become(line: socket.socket, streams: Sequence[int], folder: str, parent: int) -> None:
    """Make this forked process look like one that was just started as a worker."""
    os.setsid()
    _control(DEATH_SIGNAL, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)
    _control(SUBREAPER, 1)
    _control(DUMPABLE, 1)
    line.close()
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
    for number in map(int, os.listdir("/proc/self/fd")):
        if number > 2:
            with suppress(OSError):  # the listing's own descriptor is closed already
                os.close(number)
    os.chdir(folder)
    os.environ["HOME"] = os.environ["TMPDIR"] = folder
    if "tempfile" in sys.modules:
        vars(sys.modules["tempfile"])["tempdir"] = None


def _fork(line: socket.socket) -> int | None:
    """Fork; the nursery tells the judge the new process id, or why there is none."""
    try:
        pid = os.fork()
    except OSError as error:
        _say(line, error=str(error))
        return None
    if pid:
        _say(line, pid=pid)
    return pid


def _carry_out(request: dict[str, Any], workers: Workers) -> int | None:
    """Poll or kill one worker and return its exit code, None while it runs."""
    pid = request["pid"]
    if workers.get(pid) is None and pid in workers:
        if request["do"] == "kill":
            _kill([pid])
        workers[pid] = _reap(pid, wait=request["do"] == "kill")
    if request["do"] == "poll":
        return workers.get(pid)
    sweep(workers)
    return workers.get(pid)


def _reap(pid: int, wait: bool) -> int | None:
    """Return the exit code of a child; a killed one gets five seconds to be gone."""
    end = time.monotonic() + (5 if wait else 0)
    while True:
        ended, status = os.waitpid(pid, os.WNOHANG)
        if ended:
            return os.waitstatus_to_exitcode(status)
        if time.monotonic() >= end:
            return None
        time.sleep(0.0005)


def sweep(workers: Workers) -> None:
    """Kill every child that is no living worker, with all below it, until none is left."""
    living = {pid for pid, code in workers.items() if code is None}
    for _ in range(SWEEPS):
        parents = _parents()
        strays = [p for p, parent in parents.items() if parent == os.getpid() and p not in living]
        if not strays:
            return
        _kill(strays)
        for pid in strays:
            with suppress(ChildProcessError):
                os.waitpid(pid, os.WNOHANG)
        time.sleep(0.0005)


def _kill(roots: Sequence[int]) -> None:
    """Kill processes and all their descendants."""
    parents = _parents()
    for pid in [p for root in roots for p in (root, *_below(root, parents))]:
        with suppress(ProcessLookupError, PermissionError):
            os.kill(pid, signal.SIGKILL)


def _below(root: int, parents: dict[int, int]) -> Iterator[int]:
    for pid, parent in parents.items():
        if parent == root and pid != root:
            yield pid
            yield from _below(pid, parents)


def _parents() -> dict[int, int]:
    """Return the parent of every process."""
    found = {}
    for name in filter(str.isdigit, os.listdir("/proc")):
        with suppress(OSError), open(f"/proc/{name}/stat", "rb") as file:
            # The name of the program, in brackets, may hold anything; two fields follow it.
            found[int(name)] = int(file.read().rsplit(b")", 1)[1].split()[1])
    return found


def _say(line: socket.socket, **answer: Any) -> None:
    with suppress(OSError):  # the judge is gone: the next request is the end
        line.send(json.dumps(answer).encode())


def _control(option: int, value: int) -> None:
    ctypes.CDLL(None).prctl(option, value, 0, 0, 0)
