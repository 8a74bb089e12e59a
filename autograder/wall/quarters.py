"""Where a worker lives: a user of its own, a folder to write in, and the student's files to read.

A supervisor that is root makes them ready and takes them away again; one that is not leaves
the user out. A worker's user is drawn from a range that no account uses, is held by nobody
else on this machine meanwhile, and owns nothing but the scratch folder.
"""

from __future__ import annotations

import fcntl
import os
import pwd
import secrets
import shutil
import socket
import stat
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Collection, Iterable
from contextlib import suppress
from dataclasses import dataclass
from glob import escape, glob
from pathlib import Path

from autograder.wall.reaper import LOWEST_USER

# From 61184 on, systemd gives users to services.
FIRST, LAST = LOWEST_USER, 61_183
PREFIX, STALE_SECONDS = "graded-", 60.0


@dataclass(frozen=True)
class Held:
    """A user that is taken: a socket's abstract name can be bound only once on a machine."""

    uid: int
    lock: socket.socket


def draw(taken: Collection[int]) -> Held:
    """Return a free throw-away user, none of `taken`; raises OSError when none is found."""
    size = LAST - FIRST + 1
    start = secrets.randbelow(size)
    for step in range(size):
        uid = FIRST + (start + step) % size
        if uid in taken or _has_account(uid):
            continue
        lock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            lock.bind(f"\0graded-descent-{uid}")
            return Held(uid, lock)
        except OSError:
            lock.close()
    raise OSError(0, "no free user was found")


def _has_account(uid: int) -> bool:
    try:
        pwd.getpwuid(uid)
    except KeyError:
        return False
    return True


def users() -> dict[int, int]:
    """Return how many threads each real user has."""
    found: dict[int, int] = {}
    for name in filter(str.isdigit, os.listdir("/proc")):
        with suppress(OSError), open(f"/proc/{name}/status", "rb") as file:
            told = dict(line.split(b":", 1) for line in file if b":" in line)
            uid = int(told[b"Uid"].split()[0])
            found[uid] = found.get(uid, 0) + int(told[b"Threads"])
    return found


def unreadable() -> str:
    """Return the first of Python's own files that a stranger cannot read; "" when all can be."""
    import numpy

    kept = (sys.executable, os.path.realpath(sys.executable), sysconfig.get_path("stdlib"))
    for path in (*kept, numpy.__file__ or "", str(Path(__file__).resolve())):
        if path and not open_to_all(Path(path)):
            return os.path.realpath(path)
    return ""


def open_to_all(path: Path) -> bool:
    """Tell whether every user can read `path`, and pass the folders above it."""
    want = stat.S_IROTH | (stat.S_IXOTH if path.is_dir() else 0)
    if path.stat().st_mode & want != want:
        return False
    return all(folder.stat().st_mode & stat.S_IXOTH for folder in path.resolve().parents)


def admit(work: str, scratch: str, uid: int, *, writable: bool) -> None:
    """Let the user `uid` read the folder `work` and nobody else; `scratch` is the user's own."""
    for folder in Path(work).resolve().parents:
        if not folder.stat().st_mode & stat.S_IXOTH:
            raise OSError(0, f"no other user can pass {folder}")
    owner = uid if writable else 0
    for place, _, files in os.walk(work):
        os.chown(place, owner, uid, follow_symlinks=False)
        os.chmod(place, 0o750)
        for name in files:
            path = os.path.join(place, name)
            if not stat.S_ISREG(os.lstat(path).st_mode):
                continue
            os.chown(path, owner, uid, follow_symlinks=False)
            os.chmod(path, 0o640)
    os.chown(scratch, uid, uid)


def settle() -> str:
    """Make a folder for the scratch folders of workers; take away those that nobody holds.

    Whoever made one holds a lock on it: one that can be locked belongs to a process that was
    killed.
    """
    for name in glob(f"{escape(tempfile.gettempdir())}/{PREFIX}*"):
        with suppress(OSError):
            own = os.lstat(name)
            if own.st_uid == os.geteuid() and time.time() - own.st_ctime > STALE_SECONDS:
                lock = _lock(name)
                clear([name])
                os.close(lock)
    folder = tempfile.mkdtemp(prefix=PREFIX)
    _lock(folder)  # held until this process ends
    os.chmod(folder, 0o711)  # a worker passes through, and lists nothing
    return folder


def _lock(folder: str) -> int:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        raise
    return descriptor


def furnish(work: str, scratch: str) -> None:
    """Show the student's files in the scratch folder under their names, as links."""
    for name in os.listdir(work):
        with suppress(OSError):
            os.symlink(os.path.join(work, name), os.path.join(scratch, name))


def clear(folders: Iterable[str]) -> None:
    """Delete folders, however deep and whoever owns what is in them."""
    for folder in folders:
        for place, inside, _ in os.walk(folder):
            for name in inside:  # one that its owner may not read hides what is in it
                with suppress(OSError):
                    path = os.path.join(place, name)
                    if not os.path.islink(path):
                        os.chmod(path, 0o700)
        try:
            shutil.rmtree(folder)
        except FileNotFoundError:
            continue
        except (OSError, RecursionError):
            subprocess.run(["rm", "-rf", "--", folder], check=False, capture_output=True)
