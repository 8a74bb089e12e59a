"""How many known mistakes each check is the only one to catch, for every assignment.

And what a hand-in earns that pastes the public checks, where one is among the mistakes.

Run: python benchmarks/kill_matrix.py [NAME]...
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from autograder.assignment import load, names
from autograder.proof import Trial
from autograder.verify import verify

ROOT = Path(__file__).resolve().parents[1]


def main() -> None:
    chosen = sys.argv[1:] or names(ROOT)
    proofs = [verify(load(name, ROOT), jobs=os.cpu_count() or 1) for name in chosen]
    print("| assignment | promises hold | checks | wrong | right | pasted | seconds |")
    print("|---|---|---|---|---|---|---|")
    for proof in proofs:
        wrong, right = len(proof.of("wrong")), len(proof.of("right"))
        row = (
            proof.assignment,
            proof.holds,
            len(proof.checks),
            wrong,
            right,
            " ".join(f"{trial.report.earned:g}" for trial in proof.of("wrong") if pasted(trial)),
            f"{proof.seconds:.0f}",
        )
        print("| " + " | ".join(map(str, row)) + " |")
    print("\n| assignment | check | mistakes that only it catches |")
    print("|---|---|---|")
    for proof in proofs:
        for check in proof.checks:
            print(f"| {proof.assignment} | {check} | {len(proof.survivors(check))} |")


def pasted(trial: Trial) -> bool:
    """Tell whether a known mistake is that of pasting the public checks."""
    return trial.name.split(".")[0] == "pasted_checks"


if __name__ == "__main__":
    main()
