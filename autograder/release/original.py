"""The file as the student was given it, for `grade reset NAME FILE`."""

from __future__ import annotations

import os
import shutil
from itertools import chain, count
from pathlib import Path

from autograder.assignment import Assignment
from autograder.handin.given import KEPT
from autograder.release.skeleton import SkeletonError, cut, read


class ResetError(ValueError):
    """There is no original to put back; the text says why and what there is."""


def original(assignment: Assignment, file: str) -> str:
    """Return the hand-in `file` as it was given out; raises ResetError.

    Cut from the master where the solutions are, else read from `.original/` in the
    assignment's folder.
    """
    book = f"{assignment.name}.ipynb"
    names = [h.name for h in assignment.files]
    names += [book] if (assignment.folder / KEPT / book).is_file() else []
    if file not in names:
        raise ResetError(
            f"{file!r} is no file of {assignment.name}; its files are {', '.join(names)}"
        )
    master = assignment.solution / file if assignment.solution is not None else None
    if master is not None and file.endswith(".py") and master.is_file():
        try:
            return cut(read(master))
        except SkeletonError as error:
            raise ResetError(f"no skeleton can be cut from {file}: {error}") from error
    kept = assignment.folder / KEPT / file
    if kept.is_file():
        return read(kept)
    raise ResetError(
        f"there is no original of {file} here: {assignment.name}/{KEPT}/{file} is missing. "
        "Download the assignment again and take the file from there"
    )


def reset(assignment: Assignment, file: str, folder: Path) -> Path | None:
    """Put the original of `file` into `folder` and return the backup of what stood there.

    None when nothing stood there, or just the original. No earlier backup is overwritten.
    Raises ResetError.
    """
    fresh = original(assignment, file).encode("utf-8")
    target = folder / file
    if target.is_dir():
        raise ResetError(f"{target} is a folder: move it away first")
    backup = None
    if target.is_file():
        if target.read_bytes() == fresh:
            return None
        backup = _back_up(target)
    parted = folder / f".{file}.new"
    parted.write_bytes(fresh)
    os.replace(parted, target)
    return backup


def _back_up(target: Path) -> Path:
    """Copy `target` to the first of `.bak`, `.bak2`, ... that does not exist yet."""
    for ending in chain([""], map(str, count(2))):
        backup = target.with_name(f"{target.name}.bak{ending}")
        try:
            with backup.open("xb") as copy, target.open("rb") as source:
                shutil.copyfileobj(source, copy)
            return backup
        except FileExistsError:
            continue
    raise AssertionError("counting ended")
