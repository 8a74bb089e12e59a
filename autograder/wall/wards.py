"""The workers of one supervisor: what each holds, how it ended, and its end with all it left."""

from __future__ import annotations

import os
import signal
import socket
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from autograder.wall import quarters as housing
from autograder.wall import reaper
from autograder.wall.confine import Quarters
from autograder.wall.quarters import Held
from autograder.wall.reaper import Hunter

LOOK_SECONDS = 0.25
END_SECONDS = 5.0
LONGEST_PATH = 3000
MOST_PROCESSES, MOST_FILES, MOST_DEPTH, MOST_MB = 64, 20_000, 100, 256


@dataclass
class Ward:
    """One worker: how it lives, its exit code, None while it runs, and why it was killed."""

    quarters: Quarters
    held: Held | None
    memory_mb: int
    shared_mb: float
    code: int | None = None
    reason: str = ""


@dataclass
class Nursery:
    """What the supervisor knows: its line to the judge, its folder, its workers by process id."""

    line: socket.socket
    folder: str
    unreadable: str
    users: dict[int, int]  # how many threads each user had before
    hunter: Hunter | None  # where this process is root
    others: frozenset[int]  # children that are no workers
    looked: float = 0.0
    wards: dict[int, Ward] = field(default_factory=dict)

    def living(self) -> set[int]:
        """Return the children of this process that are to stay."""
        return {pid for pid, ward in self.wards.items() if ward.code is None} | self.others


def look(nursery: Nursery) -> None:
    """Kill every worker that holds more than it may."""
    for pid in nursery.living() - nursery.others:
        ward = nursery.wards[pid]
        collect(nursery)
        if ward.code is not None:
            continue
        held = reaper.usage(pid, ward.shared_mb)
        if held.memory_mb > ward.memory_mb:
            ward.reason = f"it used more than {ward.memory_mb} MB of memory"
        elif len(held.pids) > MOST_PROCESSES:
            ward.reason = f"it started more than {MOST_PROCESSES} processes"
        else:
            ward.reason = _too_much(ward.quarters, held.pids)
        if ward.reason:
            end(nursery, pid)


def _too_much(quarters: Quarters, pids: Sequence[int]) -> str:
    """Say what a worker wrote too much of; "" where it did not. Looks no further than needed."""
    files, size, level, depth = 0, reaper.unlinked(pids), [quarters.scratch], 0
    while level and depth < MOST_DEPTH:
        below = []
        for folder in level:
            if len(folder) > LONGEST_PATH:
                return "it made folders that no path can name"
            if not os.access(folder, os.R_OK | os.X_OK):
                return "it made folders that cannot be looked into"
            with suppress(OSError), os.scandir(folder) as entries:
                for entry in entries:
                    files += 1
                    size += entry.stat(follow_symlinks=False).st_blocks * 512
                    if files > MOST_FILES:
                        return f"it wrote more than {MOST_FILES:,} files"
                    if entry.is_dir(follow_symlinks=False):
                        below.append(entry.path)
        level, depth = below, depth + 1
    if size > MOST_MB << 20 and not quarters.writable:
        return f"it wrote more than {MOST_MB} MB"
    return f"it made more than {MOST_DEPTH} folders in each other" if level else ""


def end(nursery: Nursery, pid: int) -> None:
    """Kill a worker and everything it left, give its user back and delete its folder."""
    ward = nursery.wards[pid]
    if ward.code is None:
        reaper.kill_tree([pid]) if ward.held is None else reaper.send(pid, signal.SIGKILL)
    until = time.monotonic() + END_SECONDS
    collect(nursery)
    while ward.code is None and time.monotonic() < until:
        time.sleep(0.0003)
        collect(nursery)
    if ward.held is None:
        reaper.sweep(nursery.living())
    else:
        assert nursery.hunter is not None
        uid = ward.held.uid
        reaper.kill_user(nursery.hunter, uid, lambda: collect(nursery), nursery.living)
        reaper.sweep_user(ward.held.uid)
        ward.held.lock.close()
        ward.held = None
    housing.clear([ward.quarters.scratch])


def collect(nursery: Nursery) -> None:
    """Note the exit codes of workers that ended; take in orphans that did."""
    with suppress(ChildProcessError):
        while True:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if not pid:
                return
            if pid in nursery.wards:
                nursery.wards[pid].code = os.waitstatus_to_exitcode(status)
