"""How long a student waits: whole processes, timed side by side, medians and ratios.

Run: python benchmarks/startup.py [--rounds 15]
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
GRADE = [sys.executable, str(ROOT / "grade.py")]

# name, our command, the imports it is measured against, the ratio it should stay within
CASES = [
    ("grade.py --help", [*GRADE, "--help"], "click, rich", 2.0),
    ("grade.py list", [*GRADE, "list"], "click, rich", 2.0),
    ("bn_matrix", [*GRADE, "bn_matrix"], "numpy, hypothesis, click, rich", 2.0),
    ("conv_as_fc", [*GRADE, "conv_as_fc"], "numpy, sympy, hypothesis, click, rich", 2.0),
    ("counting", [*GRADE, "counting"], "numpy, hypothesis, click, rich", None),
    ("s03_backprop", [*GRADE, "s03_backprop"], "numpy, sympy, hypothesis, click, rich", None),
    ("lenet", [*GRADE, "lenet"], "torch, hypothesis, click, rich", 2.0),
]


def seconds(command: list[str]) -> float:
    """Return the wall time of one run; raises when it does not exit with 0."""
    started = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=ROOT)
    return time.perf_counter() - started


def compare(ours: list[str], imports: str, rounds: int) -> tuple[float, float]:
    """Return the medians of our command and of the bare imports, taken in turns."""
    bare = [sys.executable, "-c", f"import {imports}"]
    pairs = [(seconds(ours), seconds(bare)) for _ in range(rounds + 1)][1:]
    return statistics.median(a for a, _ in pairs), statistics.median(b for _, b in pairs)


def graded(case: list[str]) -> list[str]:
    """Grade the reference where the case names an assignment."""
    folder = ROOT / "solutions" / case[-1]
    return [*case, str(folder)] if folder.is_dir() else case


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=15)
    rounds = parser.parse_args().rounds
    print(f"Python {platform.python_version()}, {platform.machine()}, {os.cpu_count()} processors,")
    print(f"median of {rounds} runs of the whole process, in turns with the bare imports\n")
    print("| command | seconds | bare imports | seconds | ratio | wanted |")
    print("|---|---|---|---|---|---|")
    for name, ours, imports, wanted in CASES:
        mine, bare = compare(graded(ours), imports, rounds)
        goal = f"<= {wanted:g}" if wanted else ""
        print(f"| {name} | {mine:.3f} | {imports} | {bare:.3f} | {mine / bare:.2f} | {goal} |")


if __name__ == "__main__":
    main()
