"""What every door is asked, and how their answers are compared.

A door stands in a process of its own, `doors.py`, which answers a line for each line.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from doors import ALL, STUDENTS, Answer

from autograder.assignment import Assignment
from autograder.overlay import overlay_paths, read_overlay, write_overlay

DRIVER = Path(__file__).with_name("doors.py")


@dataclass(frozen=True)
class Difference:
    """One question that the doors do not score alike: its score at each of them."""

    assignment: str
    work: str
    question: str
    scores: dict[str, float | None]


def works(assignment: Assignment, into: Path) -> dict[str, Path]:
    """Write every submission whose score is known into a folder of its own; return them by name.

    These are the reference, the skeleton, each right answer and each wrong one.
    """
    names = [name for handin in assignment.files for name in (handin.name, *handin.instead)]
    (skeleton := into / "skeleton").mkdir(parents=True)
    for name in names:
        if (given := assignment.folder / name).is_file():
            shutil.copyfile(given, skeleton / name)
    (reference := into / "reference").mkdir()
    write_overlay(assignment, None, reference)
    made = {"reference": reference, "skeleton": skeleton}
    for kind in ("right", "wrong"):
        for path in overlay_paths(assignment, kind):
            overlay = read_overlay(assignment, kind, path)
            made[overlay.label] = into / kind / path.name
            made[overlay.label].mkdir(parents=True)
            write_overlay(assignment, overlay, made[overlay.label])
    return made


def ask(door: str, root: Path, name: str, folders: Iterable[Path]) -> list[Answer]:
    """Return what a door, in a process of its own, gives each folder of work."""
    command = [sys.executable, str(DRIVER), door, str(root), name]
    lines = "".join(f"{folder}\n" for folder in folders)
    done = subprocess.run(command, input=lines, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"the door {door} of {name} broke: {done.stderr[-3000:]}")
    return [json.loads(line) for line in done.stdout.splitlines()]


def differences(assignment: str, answers: dict[str, dict[str, Answer]]) -> list[Difference]:
    """Return each question of each work that the doors do not score alike.

    `answers` maps a door to its answer for each work; a part that a door does not have, such
    as the public checks alone, is not asked of it.
    """
    found = []
    for work in dict.fromkeys(work for given in answers.values() for work in given):
        for part in (STUDENTS, ALL):
            row = {d: own[work][part] for d, own in answers.items() if part in own.get(work, {})}
            for question in dict.fromkeys(q for own in row.values() for q in own):
                seen = {door: own.get(question) for door, own in row.items()}
                if len(set(seen.values())) > 1:
                    found.append(Difference(assignment, work, f"{question} {part}", seen))
    return found


def table(found: Sequence[Difference]) -> str:
    """Return differences as a table for people: a line each, a column a door."""
    doors = list(dict.fromkeys(door for one in found for door in one.scores))
    rows = [["assignment", "submission", "question", *doors]]
    for one in found:
        own = [one.scores.get(door) for door in doors]
        seen = ["-" if score is None else f"{score:g}" for score in own]
        rows.append([one.assignment, one.work, one.question, *seen])
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ["  ".join(map(str.ljust, row, widths)).rstrip() for row in rows]
    return "\n".join(lines)
