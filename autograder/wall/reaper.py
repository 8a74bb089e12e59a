"""Ending what a worker started: by user where it has one of its own, else by descent."""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import stat
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

ROUNDS = 400
LOWEST_USER = 60_000
SHARED_FOLDERS = ("/dev/shm", "/tmp", "/var/tmp", "/dev/mqueue", "/run/lock")
# What `ipcs` reads, with the field of the key's owner, and the calls that remove.
_SYSTEM_V = (("shm", 7, "shmctl"), ("msg", 7, "msgctl"), ("sem", 4, "semctl"))
_REMOVE = 0


def kill_user(
    hunter: Hunter, uid: int, collect: Callable[[], None], living: Callable[[], set[int]]
) -> None:
    """Kill every process of a throw-away user.

    The signal reaches all at once, and none forks past it; `collect` takes in the children
    that ended, until what is left below this process are the `living`.
    """
    for _ in range(ROUNDS):
        hunter.kill(uid)
        collect()
        if children() <= living():
            return
        time.sleep(0.0003)


@dataclass(frozen=True)
class Hunter:
    """A small process, forked before anything large is loaded, which forks those that kill."""

    line: socket.socket

    @staticmethod
    def start() -> Hunter:
        ours, theirs = socket.socketpair()
        if os.fork() == 0:
            _keep_only(theirs.fileno())
            _hunt(theirs)
        theirs.close()
        return Hunter(ours)

    def kill(self, uid: int) -> None:
        """Send SIGKILL to every process of `uid`; returns when it is sent."""
        self.line.sendall(uid.to_bytes(4, "big"))
        if not self.line.recv(1):
            raise OSError(0, "the process that ends workers is gone")


def _keep_only(descriptor: int) -> None:
    """Close every descriptor but one: the streams and the line belong to others."""
    for number in map(int, os.listdir("/proc/self/fd")):
        if number > 2 and number != descriptor:
            with suppress(OSError):  # the listing's own is closed already
                os.close(number)
    for number in range(3):
        os.dup2(os.open(os.devnull, os.O_RDWR), number)


def _hunt(line: socket.socket) -> None:
    """Keep one process ready that kills: there may be room for no other when it is needed."""
    while True:
        try:
            pid = os.fork()
        except OSError:
            time.sleep(0.01)
            continue
        if pid == 0:
            asked = line.recv(4)
            with suppress(BaseException):
                _kill_all(int.from_bytes(asked, "big"))
            os._exit(len(asked) != 4)
        if os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]):
            os._exit(0)
        line.sendall(b".")


def kill_alone(uid: int) -> None:
    """Kill every process of a throw-away user whose supervisor is gone; the caller is root."""
    pid = os.fork()
    if pid == 0:
        with suppress(BaseException):
            _kill_all(uid)
        os._exit(0)
    os.waitpid(pid, 0)


def _kill_all(uid: int) -> None:
    """Become the user, entirely, and kill whatever it may: as root this would be everything."""
    os.setgroups([])
    os.setresgid(uid, uid, uid)
    os.setresuid(uid, uid, uid)
    with suppress(PermissionError):
        os.kill(os.getppid(), 0)
        return  # whoever may signal its parent, which is root, has not become the user
    if uid >= LOWEST_USER and os.getresuid() == (uid, uid, uid):
        os.kill(-1, signal.SIGKILL)


def children() -> set[int]:
    """Return the children of this process, those that ended and were not taken in too."""
    with suppress(FileNotFoundError), open("/proc/thread-self/children") as file:
        return set(map(int, file.read().split()))
    return {pid for pid, parent in parents_of_all().items() if parent == os.getpid()}


def kill_tree(roots: Sequence[int]) -> None:
    """Kill processes and all their descendants, however fast they fork.

    They are stopped first: a stopped process forks no more, and keeps its place in the count
    of processes, so that the others run into their limit.
    """
    stopped: set[int] = set()
    for _ in range(ROUNDS):
        parents = parents_of_all()
        found = {pid for root in roots for pid in (root, *below(root, parents))}
        if found <= stopped:
            break
        for pid in found - stopped:
            send(pid, signal.SIGSTOP)
        stopped |= found
    for pid in stopped:
        send(pid, signal.SIGKILL)


def send(pid: int, number: int) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.kill(pid, number)


def below(root: int, parents: dict[int, int]) -> Iterator[int]:
    """Yield all descendants of a process."""
    for pid, parent in parents.items():
        if parent == root and pid != root:
            yield pid
            yield from below(pid, parents)


def parents_of_all() -> dict[int, int]:
    """Return the parent of every process."""
    found = {}
    for name in filter(str.isdigit, os.listdir("/proc")):
        with suppress(OSError), open(f"/proc/{name}/stat", "rb") as file:
            # The name of the program, in brackets, may hold anything; two fields follow it.
            found[int(name)] = int(file.read().rsplit(b")", 1)[1].split()[1])
    return found


def sweep(living: set[int]) -> None:
    """Kill every child of this process that is not `living`, with all below it."""
    for _ in range(ROUNDS):
        strays = children() - living
        if not strays:
            return
        kill_tree(list(strays))
        for pid in strays:
            with suppress(ChildProcessError):
                os.waitpid(pid, os.WNOHANG)
        time.sleep(0.0005)


def sweep_user(uid: int) -> None:
    """Delete what a user left in places that outlive a process: shared folders and segments."""
    for folder in SHARED_FOLDERS:
        with suppress(OSError):
            own = [e for e in os.scandir(folder) if e.stat(follow_symlinks=False).st_uid == uid]
            _delete([entry.path for entry in own])
    for kind, field, call in _SYSTEM_V:
        with suppress(OSError):
            for line in Path(f"/proc/sysvipc/{kind}").read_text().splitlines()[1:]:
                words = line.split()
                if int(words[field]) == uid:
                    arguments = (int(words[1]), 0, _REMOVE) if kind == "sem" else None
                    getattr(ctypes.CDLL(None), call)(*(arguments or (int(words[1]), _REMOVE, None)))


def _delete(paths: Sequence[str]) -> None:
    from autograder.wall.quarters import clear

    clear(path for path in paths if os.path.isdir(path) and not os.path.islink(path))
    for path in paths:
        with suppress(OSError):
            os.unlink(path)


@dataclass(frozen=True)
class Usage:
    """What a worker and all below it hold: processes, and memory of their own in MB."""

    pids: tuple[int, ...]
    memory_mb: float


def usage(root: int, shared_mb: float) -> Usage:
    """Return what a worker holds beyond the `shared_mb` that each process got from its fork."""
    pids = (root, *below(root, parents_of_all()))
    return Usage(pids, sum(max(0.0, resident(pid) - shared_mb) for pid in pids))


def resident(pid: int) -> float:
    """Return the memory of a process in MB, files that it has mapped left out."""
    with suppress(OSError, ValueError, IndexError), open(f"/proc/{pid}/status", "rb") as file:
        lines = (line.split() for line in file)
        kinds = (b"RssAnon:", b"RssShmem:", b"VmPTE:")
        return sum(int(words[1]) for words in lines if words and words[0] in kinds) / 1024
    return 0.0


def unlinked(pids: Sequence[int]) -> int:
    """Return the bytes on the disk of files that are open and have no name any more."""
    sizes: dict[tuple[int, int], int] = {}
    for pid in pids:
        with suppress(OSError):
            for name in os.listdir(f"/proc/{pid}/fd"):
                found = os.stat(f"/proc/{pid}/fd/{name}")
                if stat.S_ISREG(found.st_mode) and not found.st_nlink:
                    sizes[found.st_dev, found.st_ino] = found.st_blocks * 512
    return sum(sizes.values())
