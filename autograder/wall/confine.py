"""What the worker gives up before it imports a line of the student's code.

`apply` runs inside the worker, on its only thread: what follows binds the thread that calls.
It returns the state of each layer in plain words, which the report carries. What can be tried
is tried after it was given up, so that a layer counts as "ok" only when it was seen to hold.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

PROCESSES, BESIDE = 64, 160
FILE_MB, TRAINED_MB = 64, 2048
OPEN_FILES = 128

Layers = dict[str, str]
COUNTED = "partly (files by Landlock: "


@dataclass(frozen=True)
class Quarters:
    """A worker's home. `work` holds the student's files, `scratch` is the current folder.

    `uid` is the throw-away user, or None; `state` says so in words. `writable` lets the worker
    write in `work` too. `processes` are those that its user has already.
    """

    work: str
    scratch: str
    uid: int | None
    state: str
    processes: int = 0
    writable: bool = False


def apply(order: dict[str, Any], quarters: Quarters | None) -> Layers:
    """Lower this process's rights as far as the order and the machine allow, for good.

    The order holds `memory_mb`, `run_seconds` and the `isolation`; `quarters` are the user and
    the folders that a supervisor made ready, None where there is no supervisor.
    """
    layers = {"process": "ok"}
    supervised = quarters is not None and sys.platform.startswith("linux")
    layers["kill"] = "ok" if supervised else "partly (by process group)"
    layers["rlimits"] = _try(lambda: _lower(order, quarters))
    if order["isolation"] == "off":
        return layers | dict.fromkeys(("uid", "landlock", "seccomp"), "off")
    if not sys.platform.startswith("linux"):
        return layers | dict.fromkeys(("uid", "landlock", "seccomp"), "unavailable (no Linux)")
    threads = len(os.listdir("/proc/self/task"))
    if threads != 1:
        late = f"unavailable ({threads} threads run already)"
        return layers | dict.fromkeys(("uid", "landlock", "seccomp"), late)
    return layers | _confine(quarters)


def _confine(quarters: Quarters | None) -> Layers:
    from autograder.wall.system import NO_NEW_PRIVS, prctl

    counted = quarters is not None and quarters.state.startswith(COUNTED)
    layers = {"uid": quarters.state if quarters else "unavailable (no supervisor)"}
    if quarters is not None and quarters.uid is not None:
        layers["uid"] = _try(lambda: _become(quarters, counted), layers["uid"])
    layers["no_new_privs"] = _try(lambda: prctl(NO_NEW_PRIVS, 1))
    found: list[int] = []
    layers["landlock"] = _try(lambda: found.append(_enclose(quarters)))
    if found:
        # Before version 3 an owner's files can be emptied from anywhere.
        whole = found[0] >= 3 or layers["uid"] == "ok"
        layers["landlock"] = f"{'ok' if whole else 'partly'} (version {found[0]})"
    apart = layers["uid"].startswith("ok") or bool(found and found[0] >= 6)
    own = None if apart else os.getpid()
    layers["seccomp"] = _try(lambda: _filter(own, owner=layers["uid"] != "ok"))
    if counted and not found:
        # With the files of root in reach, this is no separation at all.
        layers["uid"] = f"unavailable ({layers['uid']})"
    return layers


def _try(give_up: Callable[[], Any], held: str = "ok") -> str:
    try:
        give_up()
    except (OSError, ValueError, AttributeError, ImportError) as error:
        return f"unavailable ({getattr(error, 'strerror', None) or error})"
    return held


def _lower(order: dict[str, Any], quarters: Quarters | None) -> None:
    import resource

    wanted = {
        # RLIMIT_DATA, not RLIMIT_AS: torch and CUDA reserve far more addresses than they use.
        resource.RLIMIT_DATA: int(order["memory_mb"]) << 20,
        # The processor time ends a worker whose judge was killed; a living judge is quicker.
        resource.RLIMIT_CPU: int(order["run_seconds"]) * (os.cpu_count() or 1) + 10,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_FSIZE: (TRAINED_MB if order["writable"] else FILE_MB) << 20,
        resource.RLIMIT_NOFILE: OPEN_FILES,
    }
    if quarters is not None:
        others = quarters.processes
        wanted[resource.RLIMIT_NPROC] = others + BESIDE if others else PROCESSES
    for kind, value in wanted.items():
        hard = resource.getrlimit(kind)[1]
        soft = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(kind, (soft, soft))


def _become(quarters: Quarters, counted: bool) -> None:
    """Become the throw-away user, without any capability.

    Where Python lies in root's home, only the real user changes, which is the one that
    processes are counted and killed by; files are then a matter of Landlock alone.
    """
    from autograder.wall.system import DEATH_SIGNAL, prctl

    uid = quarters.uid
    assert uid is not None
    os.setgroups([])
    os.setresgid(uid, uid, uid)
    os.setresuid(uid, 0 if counted else uid, 0 if counted else uid)
    _drop_capabilities()
    prctl(DEATH_SIGNAL, signal.SIGKILL)  # a change of user resets it
    want = (uid, 0, 0) if counted else (uid, uid, uid)
    if os.getresuid() != want or os.getresgid() != (uid, uid, uid) or os.getgroups():
        raise OSError(0, "the user did not change")
    with suppress(OSError):
        os.setresuid(-1, 0, 0) if not counted else os.setresuid(1, 1, 1)
        raise ValueError("the user could be changed back")


def _drop_capabilities() -> None:
    """Give up every capability: capset(2) with three empty sets of 64 bits."""
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)
    if ctypes.CDLL(None, use_errno=True).capset(header, (ctypes.c_uint32 * 6)()) != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def _enclose(quarters: Quarters | None) -> int:
    from autograder.wall import landlock, reach

    found = landlock.restrict(reach.rules(quarters))
    for folder in ("/", "/etc", "/root", "/home"):
        with suppress(OSError):
            os.listdir(folder)
            raise ValueError(f"{folder} can still be listed")
    return found


def _filter(own: int | None, owner: bool) -> None:
    from autograder.wall import seccomp

    seccomp.refuse(own, owner=owner)
    libc = ctypes.CDLL(None, use_errno=True)
    for family in (1, 2, 10, 16):  # AF_UNIX, AF_INET, AF_INET6, AF_NETLINK
        if libc.socket(family, 1, 0) >= 0:
            raise OSError(0, f"a socket of family {family} can still be opened")
