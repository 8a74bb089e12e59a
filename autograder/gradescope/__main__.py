"""`python -m autograder.gradescope [BASE]`: grade the one submission below BASE."""

from __future__ import annotations

import sys
from pathlib import Path

from autograder.gradescope.run import run

BASE = "/autograder"


def main(arguments: list[str]) -> int:
    """Return 0 once a valid `results.json` is in place, 1 where none could be written."""
    base = Path(arguments[0] if arguments else BASE).resolve()
    return 0 if run(base) else 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
