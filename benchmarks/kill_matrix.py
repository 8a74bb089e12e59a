"""How many known mistakes each check is the only one to catch, for every assignment.

Run: python benchmarks/kill_matrix.py
"""

from __future__ import annotations

import os
from pathlib import Path

from autograder.assignment import load, names
from autograder.verify import verify

ROOT = Path(__file__).resolve().parents[1]


def main() -> None:
    proofs = [verify(load(name, ROOT), jobs=os.cpu_count() or 1) for name in names(ROOT)]
    print("| assignment | promises hold | checks | wrong | right | seconds |")
    print("|---|---|---|---|---|---|")
    for proof in proofs:
        wrong, right = len(proof.of("wrong")), len(proof.of("right"))
        row = (
            proof.assignment,
            proof.holds,
            len(proof.checks),
            wrong,
            right,
            f"{proof.seconds:.0f}",
        )
        print("| " + " | ".join(map(str, row)) + " |")
    print("\n| assignment | check | mistakes that only it catches |")
    print("|---|---|---|")
    for proof in proofs:
        for check in proof.checks:
            print(f"| {proof.assignment} | {check} | {len(proof.survivors(check))} |")


if __name__ == "__main__":
    main()
