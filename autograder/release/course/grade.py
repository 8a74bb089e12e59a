"""Grade an assignment: `python grade.py NAME`."""

import sys
from pathlib import Path

if sys.version_info < (3, 10):  # noqa: UP036 (said before an import fails less clearly)
    sys.exit("Python 3.10 or newer is needed; this one is " + sys.version.split()[0])
try:
    from autograder.cli import main
except ModuleNotFoundError as missing:
    sys.exit(
        f"{missing.name} is not installed here: run the first command of README.md, "
        "then use the Python in .venv, for example  .venv/bin/python grade.py list"
    )

if __name__ == "__main__":
    main(root=Path(__file__).resolve().parent)
