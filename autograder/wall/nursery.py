"""The process that workers are forked from. Theory of operation:

1. The judge starts `worker.py` with a socket and the names of packages. This process imports
   them, once, in a worker's clean environment. It never reads a secret or a student's file.
2. It has one thread, or the judge does without it: a fork copies only the thread that asks.
3. A request is one JSON message on the socket: `spawn` with an order and the worker's three
   streams, `poll` or `kill` with a process id. Each gets one answer.
4. A worker is a fork in a session of its own, with a scratch folder and, where this process is
   root, a throw-away user. It loses the socket and every descriptor but its streams, then
   goes on in `worker.main` as if it had just been started.
5. Orphans come to the worker they descend from, or to this process once that one is dead: both
   are subreapers (prctl(2)). At the end of a worker everything of its user is killed, then
   every child here that is no worker: it is what a dead worker left behind.
6. Between requests it looks what the workers hold: one that takes more memory, processes or
   files than it may is killed, and the reason is told with its exit code.
7. It ends, with every worker, when the judge closes the socket or is gone.
"""

from __future__ import annotations

import gc
import json
import os
import select
import signal
import socket
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from autograder.wall import quarters as housing
from autograder.wall import reaper
from autograder.wall.confine import COUNTED, Quarters
from autograder.wall.quarters import Held
from autograder.wall.reaper import Hunter
from autograder.wall.system import DEATH_SIGNAL, DUMPABLE, SUBREAPER, prctl
from autograder.wall.wards import LOOK_SECONDS, Nursery, Ward, collect, end, look

ALWAYS = ("random", "resource", "numpy.random")  # what `worker` and `confine` would import
OURS = ("confine", "reach", "seccomp", "wire", "session")
ALONG = {
    # The first optimiser of a process imports torch._dynamo, which takes a second.
    "torch": ("safetensors", "autograder.models.record", "torch._dynamo"),
    "sympy": ("autograder.wall.formula",),
}
Order = dict[str, Any]  # `process.Order` as it came


def tend(descriptor: int, packages: Sequence[str]) -> tuple[Order, Quarters]:
    """Fork workers on request; returns in each of them, and never in this process."""
    line = socket.socket(fileno=descriptor)
    nursery = _open(line)
    warm_up(packages)
    _say(line, threads=len(os.listdir("/proc/self/task")))
    while True:
        request, streams = _hear(nursery)
        if request["do"] != "spawn":
            _say(line, **_carry_out(nursery, request))
        elif (quarters := _spawn(nursery, request, streams)) is not None:
            return request, quarters


def attend(descriptor: int, order: Order) -> tuple[Order, Quarters]:
    """Fork one worker, which keeps the streams this process was started with, and tend it.

    Nothing is imported first: the worker is confined before it loads a package.
    """
    nursery = _open(socket.socket(fileno=descriptor))
    streams = [os.dup(number) for number in range(3)]
    quarters = _spawn(nursery, order, streams)  # its answer tells the judge that all is well
    if quarters is not None:
        return order, quarters
    for number in range(3):
        os.dup2(os.open(os.devnull, os.O_RDWR), number)
    while True:
        request, _ = _hear(nursery)
        _say(nursery.line, **_carry_out(nursery, request | {"pid": next(iter(nursery.wards), 0)}))


def _open(line: socket.socket) -> Nursery:
    """Make ready, before anything large is loaded."""
    prctl(SUBREAPER, 1)
    prctl(DUMPABLE, 0)  # no worker of the same user looks into this process
    hunter = Hunter.start() if os.geteuid() == 0 else None
    others = frozenset(reaper.children())
    os.umask(0o077)
    folder = housing.settle()
    users = housing.users()
    if os.geteuid() != 0:
        return Nursery(line, folder, "", users, None, frozenset())
    return Nursery(line, folder, housing.unreadable(), users, hunter, others)


def warm_up(packages: Sequence[str]) -> None:
    """Import what workers need, and keep it out of the garbage collector's way."""
    for name in (*ALWAYS, *(f"autograder.wall.{own}" for own in OURS), *packages):
        import_module(name)
        for other in ALONG.get(name, ()):
            if find_spec(other) is not None:
                import_module(other)
    gc.collect()
    gc.freeze()  # the collector would write to pages that workers share


def _hear(nursery: Nursery) -> tuple[dict[str, Any], list[int]]:
    """Return the next request and its streams; ends this process when the judge is gone."""
    waiting = select.poll()
    waiting.register(nursery.line, select.POLLIN)
    while True:
        at_work = bool(nursery.living() - nursery.others)
        if at_work and time.monotonic() - nursery.looked >= LOOK_SECONDS:
            look(nursery)  # however busy the judge is with others
            nursery.looked = time.monotonic()
        if waiting.poll(1000 * LOOK_SECONDS if at_work else None):
            break
    data, streams, _, _ = socket.recv_fds(nursery.line, 1 << 16, 3)
    if not data:
        for pid in nursery.wards:
            end(nursery, pid)
        reaper.sweep(set(nursery.others))
        housing.clear([nursery.folder])
        os._exit(0)
    request: dict[str, Any] = json.loads(data)
    return request, list(streams)


def _spawn(nursery: Nursery, order: Order, streams: Sequence[int]) -> Quarters | None:
    """Fork a worker: its quarters are returned there, None in this process."""
    shared, parent = reaper.resident(os.getpid()), os.getpid()
    try:
        quarters, held = _prepare(nursery, order)
        pid = os.fork()
    except OSError as error:
        _say(nursery.line, error=str(error))
        for stream in streams:
            os.close(stream)
        return None
    if pid == 0:
        _become(nursery, quarters, held, streams, parent)
        return quarters
    for stream in streams:
        os.close(stream)
    nursery.wards[pid] = Ward(quarters, held, order["memory_mb"], shared)
    _say(nursery.line, pid=pid, uid=quarters.uid)
    return None


def _prepare(nursery: Nursery, order: Order) -> tuple[Quarters, Held | None]:
    """Make the scratch folder and, where this process is root, take a throw-away user."""
    work, writable = order["work"], order["writable"]
    scratch = tempfile.mkdtemp(dir=nursery.folder)
    housing.furnish(work, scratch)
    if os.geteuid() != 0 or order["isolation"] == "off":
        state = "off" if order["isolation"] == "off" else "unavailable (needs root)"
        mine = housing.users().get(os.getuid(), 0) if os.getuid() else 0
        return Quarters(work, scratch, None, state, mine, writable), None
    try:
        held = housing.draw(nursery.users)
    except OSError as error:
        state = f"unavailable ({error.strerror or error})"
        return Quarters(work, scratch, None, state, 0, writable), None
    state = _let_in(nursery, work, scratch, held.uid, writable)
    return Quarters(work, scratch, held.uid, state, 0, writable), held


def _let_in(nursery: Nursery, work: str, scratch: str, uid: int, writable: bool) -> str:
    """Give a throw-away user what it may read; say why it cannot, where Landlock has to do."""
    from autograder.wall.isolation import UNREADABLE

    if nursery.unreadable:
        return f"{COUNTED}{UNREADABLE.format(path=nursery.unreadable)})"
    try:
        housing.admit(work, scratch, uid, writable=writable)
    except OSError as error:
        return f"{COUNTED}{error.strerror or error})"
    return "ok"


def _become(
    nursery: Nursery,
    quarters: Quarters,
    held: Held | None,
    streams: Sequence[int],
    parent: int,
) -> None:
    """Make this forked process look like one that was just started as a worker."""
    os.setsid()
    prctl(DEATH_SIGNAL, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)
    prctl(SUBREAPER, 1)
    prctl(DUMPABLE, 1)
    nursery.line.close()
    if held is not None:
        held.lock.close()
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
    for number in map(int, os.listdir("/proc/self/fd")):
        if number > 2:
            with suppress(OSError):  # the listing's own descriptor is closed already
                os.close(number)
    os.chdir(quarters.work if quarters.writable else quarters.scratch)
    os.environ["HOME"] = os.environ["TMPDIR"] = quarters.scratch
    vars(sys.modules["tempfile"])["tempdir"] = None


def _carry_out(nursery: Nursery, request: dict[str, Any]) -> dict[str, Any]:
    """Poll or kill one worker and return its exit code, None while it runs, and the reason."""
    ward = nursery.wards.get(request["pid"])
    if ward is None:
        return {"code": None, "reason": ""}
    collect(nursery)
    if request["do"] == "kill":
        end(nursery, request["pid"])
    return {"code": ward.code, "reason": ward.reason}


def _say(line: socket.socket, **answer: Any) -> None:
    with suppress(OSError):  # the judge is gone: the next request is the end
        line.send(json.dumps(answer).encode())
