"""A made-up class: right answers, known mistakes and untouched skeletons, mixed by a seed.

Run: python benchmarks/mixed_class.py FOLDER [--class 1000] [--seed 0] [--name bn_matrix]
"""

from __future__ import annotations

import argparse
import random
import tempfile
from pathlib import Path

from autograder.assignment import Assignment, load
from autograder.overlay import overlay_paths, read_overlay, write_overlay

ROOT = Path(__file__).resolve().parents[1]
SHARES = {"right": 0.35, "wrong": 0.45, "skeleton": 0.2}


def write_class(folder: Path, count: int, seed: int, name: str = "bn_matrix") -> list[Path]:
    """Write `count` submissions below `folder`, a folder each; return these in their order.

    Only the module is handed in: no weights, no records of training. The same arguments give
    the same bytes, and no two submissions are the same.
    """
    assignment = load(name, ROOT)
    sources, rng = texts(assignment), random.Random(seed)
    kinds = rng.choices(list(SHARES), list(SHARES.values()), k=count)
    width, work = len(str(count)), []
    for number, kind in enumerate(kinds, 1):
        own = folder / f"student-{number:0{width}}-{kind}"
        own.mkdir(parents=True)
        text = _touched(rng.choice(sources[kind]), number, rng)
        (own / assignment.module).write_text(text, encoding="utf-8", newline="")
        work.append(own)
    return work


def texts(assignment: Assignment) -> dict[str, list[str]]:
    """Return the modules to draw from, by kind; the master counts as a right one."""
    assert assignment.solution is not None
    skeleton = (assignment.folder / assignment.module).read_text(encoding="utf-8")
    found = {"right": [_written(assignment, "right", None)], "wrong": [], "skeleton": [skeleton]}
    for kind in ("right", "wrong"):
        # A folder brings other hand-ins, such as weights: the mistake is in those.
        files = [path for path in overlay_paths(assignment, kind) if path.suffix == ".py"]
        found[kind] += [_written(assignment, kind, path) for path in files]
    return found


def _written(assignment: Assignment, kind: str, path: Path | None) -> str:
    overlay = read_overlay(assignment, kind, path) if path is not None else None
    with tempfile.TemporaryDirectory() as folder:
        write_overlay(assignment, overlay, Path(folder))
        return (Path(folder) / assignment.module).read_text(encoding="utf-8")


def _touched(text: str, number: int, rng: random.Random) -> str:
    """Return the text with some blank lines, a remark, and spaces at ends of comment lines."""
    lines = text.rstrip("\n").split("\n")
    for at, line in enumerate(lines):
        if line.startswith("# ") and rng.random() < 0.2:
            lines[at] = line + " " * rng.randint(1, 3)
    lines += [""] * rng.randint(1, 5) + [f"# draft {rng.randint(1, 9)}, copy {number}"]
    return "\n".join(lines) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--class", type=int, default=1000, dest="count")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--name", default="bn_matrix")
    given = parser.parse_args()
    work = write_class(given.folder, given.count, given.seed, given.name)
    print(f"{len(work)} submissions of {given.name} in {given.folder}")


if __name__ == "__main__":
    main()
