"""Grade an assignment: `python grade.py NAME`."""

from pathlib import Path

from autograder.cli import main

if __name__ == "__main__":
    main(root=Path(__file__).resolve().parent)
