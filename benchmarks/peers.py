"""One small assignment graded by otter-grader, by nbgrader and by us, side by side in one run.

Run: python benchmarks/peers.py [--rounds 5] [--class 1000] [--peers-class 10]
         [--otter-venv /tmp/otter-venv] [--nbgrader-venv /tmp/nbgrader-venv]

All three get the same notebooks, with questions q1 to q3 of bn_matrix. The peers run the cases
of `peers_course`; ours are that assignment's own checks, public and hidden, which are more, and
the student's code is kept apart as far as this machine can. CPU seconds are those of every
process that took part. A class is graded by `grade batch`, all six questions of it.
"""

from __future__ import annotations

import argparse
import ctypes
import json
import os
import platform
import re
import shutil
import statistics
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import peers_course as peers
from mixed_class import texts, write_class
from peers_course import WORK, Cost, spent

from autograder.assignment import load

ROOT = Path(__file__).resolve().parents[1]
NAME, QUESTIONS, FULL = "bn_matrix", tuple(peers.POINTS), float(sum(peers.POINTS.values()))
# Grades many in one process, as somebody would who has many and little time.
OTTER_LOOP = """
import sys
from otter.api import grade_submission
for work in sys.argv[2:]:
    print(grade_submission(work, sys.argv[1], quiet=True).total)
"""
ANYWAY = '"$@" || [ $? = 1 ]'  # exit code 1: something failed, as it does for a skeleton
SUBREAPER = 36  # <sys/prctl.h>

Measured = tuple[Cost, list[float]]  # what it took, and the scores


class Bench:
    """The three graders over one scratch folder; every method measures one command."""

    def __init__(self, folder: Path, otter: Path, nbgrader: Path) -> None:
        self.folder, self.otter, self.nbgrader = folder, otter, nbgrader
        sources = texts(load(NAME, ROOT))
        self.master = peers.notebook(sources["right"][0], folder / "master" / WORK)
        self.skeleton = peers.notebook(sources["skeleton"][0], folder / "skeleton" / WORK)
        self.zip = peers.otter_zip(otter, folder / "otter", peers.otter_tests())
        self.course = peers.nbgrader_course(nbgrader, folder / "nbgrader", sources["right"][0])

    def otter_one(self, work: Path) -> Measured:
        out = str(self.folder / "otter")
        command = [str(self.otter / "otter"), "run", "-a", str(self.zip), "-o", out, str(work)]
        cost, _ = spent(command, self.folder)
        tests = json.loads((self.folder / "otter" / "results.json").read_text())["tests"]
        return cost, [sum(test.get("score", 0) for test in tests)]

    def otter_class(self, works: list[Path]) -> Measured:
        command = [str(self.otter / "python"), "-c", OTTER_LOOP, str(self.zip), *map(str, works)]
        cost, said = spent(command, self.folder)
        return cost, [float(line) for line in said.split()]

    def nbgrader_class(self, works: list[Path]) -> Measured:
        for folder in ("submitted", "autograded"):
            shutil.rmtree(self.course / folder, ignore_errors=True)
        (self.course / "gradebook.db").unlink()
        command = [str(self.nbgrader / "nbgrader")]
        spent([*command, "generate_assignment", "bn", "--force"], self.course)
        for number, work in enumerate(works):
            file = self.course / "submitted" / f"s{number:04}" / "bn" / WORK
            source = next(c["source"] for c in _cells(work) if c["cell_type"] == "code")
            peers.notebook("".join(source), file, graded=True)
        cost, _ = spent([*command, "autograde", "bn"], self.course)
        scores = peers.nbgrader_scores(self.nbgrader, self.course)
        return cost, [scores[key] for key in sorted(scores)]

    def nbgrader_one(self, work: Path) -> Measured:
        return self.nbgrader_class([work])

    def our_one(self, work: Path) -> Measured:
        asked = [part for question in QUESTIONS for part in ("-q", question)]
        grade_py = [sys.executable, str(ROOT / "grade.py"), NAME, str(work), *asked, "--json"]
        cost, said = spent(["/bin/sh", "-c", ANYWAY, "sh", *grade_py], ROOT)
        return cost, [sum(q["earned"] for q in json.loads(said)["questions"])]

    def our_class(self, works: list[Path], jobs: int) -> Cost:
        """Grade a class as a course would: all six questions, and everything that batch writes."""
        folder, out = str(works[0].parents[1]), self.folder / f"out-{jobs}"
        batch = [sys.executable, str(ROOT / "grade.py"), "batch", NAME, folder, "-o", str(out)]
        cost, _ = spent(["/bin/sh", "-c", ANYWAY, "sh", *batch, "-j", str(jobs)], ROOT)
        return cost


def _cells(work: Path) -> list[dict[str, str]]:
    cells: list[dict[str, str]] = json.loads(work.read_text())["cells"]
    return cells


def prove(bench: Bench) -> None:
    """Stop where a grader does not give the master everything and the skeleton nothing."""
    for measure in (bench.our_one, bench.otter_one, bench.nbgrader_one):
        full, none = measure(bench.master)[1][0], measure(bench.skeleton)[1][0]
        if (round(full, 3), none) != (FULL, 0):
            raise SystemExit(f"{measure.__name__} gives {full} and {none}, not {FULL} and 0")


def median(costs: list[Cost]) -> Cost:
    walls, cpus = [c.wall for c in costs], [c.cpu for c in costs]
    return Cost(statistics.median(walls), statistics.median(cpus))


def in_turns(rounds: int, measures: dict[str, Callable[[], Measured]]) -> dict[str, Cost]:
    """Return the median cost of each, measured in turns."""
    costs: dict[str, list[Cost]] = {name: [] for name in measures}
    for _ in range(rounds):
        for name, measure in measures.items():
            costs[name].append(measure()[0])
    return {name: median(found) for name, found in costs.items()}


def make_class(folder: Path, count: int) -> list[Path]:
    """Write a mixed class as notebooks."""
    modules = write_class(folder / "modules", count, 0, NAME)
    works = [folder / "notebooks" / own.name / WORK for own in modules]
    for own, work in zip(modules, works, strict=True):
        peers.notebook((own / "bn.py").read_text(encoding="utf-8"), work)
    return works


def table(title: str, costs: dict[str, Cost]) -> None:
    ours = next(iter(costs.values()))
    print(f"\n| {title} | wall s | CPU s | wall, ours = 1 | CPU, ours = 1 |\n|---|---|---|---|---|")
    for name, cost in costs.items():
        ratios = f"{cost.wall / ours.wall:.1f} | {cost.cpu / ours.cpu:.1f}"
        print(f"| {name} | {cost.wall:.3f} | {cost.cpu:.3f} | {ratios} |")


def machine() -> str:
    model = re.search(r"model name\s*:\s*(.+)", Path("/proc/cpuinfo").read_text())
    load_now = ", ".join(f"{number:.1f}" for number in os.getloadavg())
    return (
        f"Python {platform.python_version()}, {model[1] if model else platform.machine()}, "
        f"{os.cpu_count()} processors, load at the start {load_now}"
    )


def compare(given: argparse.Namespace, folder: Path) -> None:
    otter = peers.environment(given.otter_venv, "otter-grader==7.0.0", "ipykernel", "numpy")
    nbgrader = peers.environment(given.nbgrader_venv, "nbgrader", "ipykernel", "numpy")
    print(machine(), flush=True)
    bench = Bench(folder, otter, nbgrader)
    prove(bench)
    one = {
        "graded descent": lambda: bench.our_one(bench.master),
        "otter run": lambda: bench.otter_one(bench.master),
        "nbgrader autograde": lambda: bench.nbgrader_one(bench.master),
    }
    table(f"one submission, median of {given.rounds}", in_turns(given.rounds, one))
    few = make_class(folder / "few", given.peers_class)
    many = make_class(folder / "many", given.count)
    n = len(few)
    cores = os.cpu_count() or 1
    each = {
        f"grade batch -j {jobs}, class of {len(many)}": bench.our_class(many, jobs).each(len(many))
        for jobs in sorted({1, cores})
    } | {
        f"otter, class of {n} in one process": bench.otter_class(few)[0].each(n),
        f"nbgrader, class of {n} in one process": bench.nbgrader_class(few)[0].each(n),
    }
    table("per submission", each)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--class", type=int, default=1000, dest="count")
    parser.add_argument("--peers-class", type=int, default=10)
    parser.add_argument("--otter-venv", type=Path, default=Path("/tmp/otter-venv"))
    parser.add_argument("--nbgrader-venv", type=Path, default=Path("/tmp/nbgrader-venv"))
    given = parser.parse_args()
    ctypes.CDLL(None).prctl(SUBREAPER, 1, 0, 0, 0)
    with tempfile.TemporaryDirectory() as folder:
        compare(given, Path(folder).resolve())


if __name__ == "__main__":
    main()
