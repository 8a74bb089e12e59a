"""What `grade release` and `grade gradescope` do: make it, prove it, write it, say so."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.console import ENVIRONMENT, USAGE, aside, say, screen, stop

if TYPE_CHECKING:
    from autograder.assignment import Assignment
    from autograder.proof import Broken
    from autograder.release.members import Member
    from autograder.show.release import Made


def publish(assignment: Assignment, root: Path, out: Path, command: str) -> int:
    """Write `NAME.zip` and the folder `NAME` for students into `out`; return the exit code.

    Nothing is written while a secret stands in it, or while the skeleton is out of date.
    """
    from autograder.checks.run import GraderError
    from autograder.release.pins import UnknownPin, everywhere
    from autograder.release.skeleton import SkeletonError, stale
    from autograder.release.student import ReleaseError, release
    from autograder.show.release import leaks_text, release_text

    name = assignment.name
    try:
        if old := stale(assignment):
            says = f"{', '.join(old)} in assignments/{name} is not the skeleton the master gives."
            stop(f"{says} Write it afresh: {command} verify {name} --write-skeleton", USAGE)
        members = release(assignment, everywhere(root / "constraints.txt"))
        found = _leaks(assignment, members)
    except (SkeletonError, ReleaseError, UnknownPin, GraderError) as error:
        stop(f"{name} cannot be given out: {error}", USAGE)
    if found:
        say(leaks_text(name, found, screen()))
        return 1
    _need_own(out / name, name)
    made = _written(members, out / f"{name}.zip")
    _laid(members, out / name, name)
    say(release_text(assignment, members, made, command, screen()))
    return 0


def publish_autograder(
    assignment: Assignment, root: Path, out: Path, python: str, backend: str, data: Path | None
) -> int:
    """Write `NAME-gradescope.zip` into `out`; return the exit code."""
    from autograder.release.gradescope import GradescopeError, lacks_images, members
    from autograder.show.release import autograder_text

    try:
        made = members(assignment, root, python=python, backend=backend, data=data)
    except GradescopeError as error:
        stop(f"{assignment.name} cannot be packed: {error}", ENVIRONMENT)
    ending = "gradescope" if backend == "own" else backend
    place = out / f"{assignment.name}-{ending}.zip"
    written = _written(made, place)
    say(autograder_text(assignment, made, written, backend, screen()))
    if backend == "own" and (lacks := lacks_images(assignment, made)):
        aside(f"note: {lacks}\n")
    return 0


def _leaks(assignment: Assignment, members: Sequence[Member]) -> list[Broken]:
    from autograder.grading import collect
    from autograder.leaks import release_leaks

    hidden = [(check.name, check.title) for check in collect(assignment) if check.hidden]
    return release_leaks(assignment, members, hidden)


def _written(members: Sequence[Member], place: Path) -> Made:
    """Write the zip. Ends the command where it cannot be written."""
    from autograder.release.members import pack
    from autograder.show.release import Made

    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        digest = pack(members, place)
        return Made(str(place), place.stat().st_size, digest)
    except OSError as error:
        stop(f"{place} cannot be written: {error.strerror}. Choose another folder: -o", USAGE)


def _need_own(folder: Path, name: str) -> None:
    """End the command where something else than an earlier release lies at `folder`."""
    ours = (folder / "assignments" / name / "assignment.toml").is_file()
    # A course of ours has such a folder too, and solutions beside it.
    ours = ours and not (folder / "solutions").exists()
    if folder.is_symlink() or (folder.exists() and not ours):
        stop(f"{folder} is no release of {name}: move it away, or choose another: -o", USAGE)


def _laid(members: Sequence[Member], folder: Path, name: str) -> None:
    """Write the folder anew, whole or not at all."""
    from autograder.release.members import lay

    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".release-") as fresh:
        made = Path(fresh) / name
        lay(members, made)
        if folder.exists():
            shutil.rmtree(folder)
        os.replace(made, folder)
