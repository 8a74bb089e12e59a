"""A class at once: seconds, processor time and memory of `grade batch`.

Run: python benchmarks/classroom.py [--class 1000] [--name bn_matrix] [--rounds 5] [--part all]

Processor seconds are those of the whole machine while the command runs, less what it does when
it is left alone: run it where nothing else does. Memory is the sum of proportional shares (PSS)
of the command and all below it, looked at every quarter of a second.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from mixed_class import write_class

ROOT = Path(__file__).resolve().parents[1]
LOOK_SECONDS = 0.25


@dataclass(frozen=True)
class Cost:
    """What one run took: seconds, processor seconds, the most memory in MB at once."""

    wall: float
    cpu: float
    memory: float
    one: float  # the most memory of one grading process with its worker, in MB


def busy() -> float:
    """Return the processor seconds of this machine that were not idle."""
    words = Path("/proc/stat").read_text().split("\n")[0].split()[1:]
    user, nice, system, _, _, irq, soft, stolen = map(int, words[:8])
    return (user + nice + system + irq + soft + stolen) / os.sysconf("SC_CLK_TCK")


def idle_rate() -> float:
    before = busy()
    time.sleep(2)
    return (busy() - before) / 2


def shares(root: int) -> dict[int, float]:
    """Return the memory in MB of a process and all below it, shared pages counted in part."""
    parents = {}
    for name in filter(str.isdigit, os.listdir("/proc")):
        with suppress(OSError):
            stat = Path(f"/proc/{name}/stat").read_text().rsplit(")", 1)[1].split()
            parents[int(name)] = int(stat[1])
    found = {root}
    while more := {pid for pid, parent in parents.items() if parent in found} - found:
        found |= more
    return {pid: share(pid) for pid in found}


def share(pid: int) -> float:
    with suppress(OSError, IndexError, StopIteration):
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().split("\n")
        return int(next(line for line in lines if line.startswith("Pss:")).split()[1]) / 1024
    return 0.0


def measure(command: list[str], jobs: int, idle: float, memory: bool) -> Cost:
    before, started, most = busy(), time.perf_counter(), 0.0
    pipe = subprocess.DEVNULL
    with subprocess.Popen(command, cwd=ROOT, stdout=pipe, stderr=pipe) as process:
        while process.poll() is None:
            if memory:
                most = max(most, sum(shares(process.pid).values()))
            with suppress(subprocess.TimeoutExpired):
                process.wait(LOOK_SECONDS)
        assert process.returncode == 0, command
    wall = time.perf_counter() - started
    return Cost(wall, busy() - before - idle * wall, most, most / jobs)


def batch(name: str, work: Path, jobs: int, isolation: str, idle: float, memory: bool) -> Cost:
    out = Path(tempfile.mkdtemp())
    grade = [sys.executable, "grade.py", "batch", name, str(work), "-o", str(out)]
    try:
        options = ["-j", str(jobs), "--isolation", isolation]
        return measure([*grade, *options], jobs, idle, memory)
    finally:
        shutil.rmtree(out, ignore_errors=True)


def median(rounds: int, run: Callable[[], Cost]) -> Cost:
    costs = [run() for _ in range(rounds)]
    fields = ("wall", "cpu", "memory", "one")
    return Cost(*(statistics.median(getattr(cost, field) for cost in costs) for field in fields))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--class", type=int, default=1000, dest="count")
    parser.add_argument("--name", default="bn_matrix")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--part", default="all", choices=("all", "class", "layers", "memory"))
    given = parser.parse_args()
    work, idle = Path(tempfile.mkdtemp()), idle_rate()
    write_class(work, given.count, 0, given.name)
    few = Path(tempfile.mkdtemp())
    write_class(few, max(given.count // 5, 10), 1, given.name)

    def row(label: str, folder: Path, count: int, jobs: int, isolation: str, memory: bool) -> None:
        args = (given.name, folder, jobs, isolation, idle, memory)
        cost = median(given.rounds, lambda: batch(*args))
        each = 1000 / count
        print(
            f"| {label} | {count} | {jobs} | {isolation} | {cost.wall:.1f} | "
            f"{cost.wall * each:.1f} | {cost.cpu * each:.1f} | "
            f"{f'{cost.memory:.0f}' if memory else ''} |",
            flush=True,
        )

    print(f"{given.name}, medians of {given.rounds}\n")
    print("| run | submissions | -j | isolation | seconds | ms each | CPU ms each | PSS MB |")
    print("|---|---|---|---|---|---|---|---|")
    lesser = max(given.count // 5, 10)
    if given.part in ("all", "class"):
        row("class", work, given.count, 2, "required", memory=False)
    if given.part in ("all", "layers"):
        row("two processes", few, lesser, 2, "required", memory=False)
        row("one process", few, lesser, 1, "required", memory=False)
        row("two, no layers", few, lesser, 2, "off", memory=False)
    if given.part in ("all", "memory"):
        row("memory, a few", few, lesser, 1, "required", memory=True)
        row("memory, a class", work, given.count, 1, "required", memory=True)
    shutil.rmtree(work)
    shutil.rmtree(few)


if __name__ == "__main__":
    main()
