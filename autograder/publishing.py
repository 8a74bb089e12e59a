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

UNINSTALLED = "The toolkit is not installed here: pip install -r requirements-light.txt"


def publish(assignment: Assignment, root: Path, out: Path, command: str) -> int:
    """Write `NAME.zip` and the folder `NAME` for students into `out`; return the exit code.

    Nothing is written while a secret stands in it, or while the skeleton is out of date.
    """
    from importlib.metadata import PackageNotFoundError

    from autograder.checks.run import GraderError
    from autograder.release.pins import UnknownPin
    from autograder.release.skeleton import SkeletonError, stale
    from autograder.release.student import ReleaseError, left_out
    from autograder.show.release import leaks_text, release_text

    name = assignment.name
    try:
        if old := stale(assignment):
            says = f"{', '.join(old)} in assignments/{name} is not the skeleton the master gives."
            stop(f"{says} Write it afresh: {command} verify {name} --write-skeleton", USAGE)
        members, found = _looked_over(assignment, root)
    except (SkeletonError, ReleaseError, UnknownPin, GraderError) as error:
        stop(f"{name} cannot be given out: {error}", USAGE)
    except PackageNotFoundError:
        stop(UNINSTALLED, ENVIRONMENT)
    if found:
        say(leaks_text(name, found, screen()))
        return 1
    _need_own(out / name, members)
    made = _written(members, out / f"{name}.zip")
    _laid(members, out / name)
    say(release_text(assignment, members, made, command, screen()))
    if left := left_out(assignment.folder):
        aside(f"note: left out, as work of your own: {', '.join(left)}\n")
    return 0


def publish_autograder(
    assignment: Assignment, root: Path, out: Path, python: str, backend: str, data: Path | None
) -> int:
    """Write `NAME-gradescope.zip` into `out`; return the exit code."""
    from importlib.metadata import PackageNotFoundError

    from autograder.release.gradescope import GradescopeError, lacks_images, members
    from autograder.show.release import autograder_text

    try:
        made = members(assignment, root, python=python, backend=backend, data=data)
    except GradescopeError as error:
        stop(f"{assignment.name} cannot be packed: {error}", USAGE)
    except PackageNotFoundError:
        stop(UNINSTALLED, ENVIRONMENT)
    ending = "gradescope" if backend == "own" else backend
    place = out / f"{assignment.name}-{ending}.zip"
    written = _written(made, place)
    say(autograder_text(assignment, made, written, backend, screen()))
    if backend == "own" and (lacks := lacks_images(assignment, made)):
        aside(f"note: {lacks}\n")
    return 0


def _looked_over(assignment: Assignment, root: Path) -> tuple[list[Member], list[Broken]]:
    """Return the files of the release, and the secrets in them; the graders are loaded once."""
    from autograder.grading import collect
    from autograder.leaks import release_leaks
    from autograder.release.pins import everywhere
    from autograder.release.student import public_files, release

    pins = everywhere(root / "constraints.txt")
    public_files(assignment)  # what is missing is named before the graders are loaded
    checks = collect(assignment)
    members = release(assignment, pins, checks=checks)
    hidden = [(check.name, check.title) for check in checks if check.hidden]
    return members, release_leaks(assignment, members, hidden)


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


def _need_own(folder: Path, members: Sequence[Member]) -> None:
    """End the command where `folder` holds what neither this release nor the last one put there."""
    known = {member.path: {member.data} for member in members}
    for name, data in _last(folder.with_name(folder.name + ".zip")):
        known.setdefault(name, set()).add(data)
    if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
        stop(f"{folder} is no release: move it away, or choose another folder: -o", USAGE)
    for path in sorted(folder.rglob("*")) if folder.exists() else ():
        name = path.relative_to(folder).as_posix()
        if "__pycache__" in path.parts or (path.is_dir() and not path.is_symlink()):
            continue
        if path.is_symlink() or path.read_bytes() not in known.get(name, ()):
            says = f"{folder} holds {name}, which no release put there"
            stop(f"{says}: move the folder away, or choose another: -o", USAGE)


def _last(place: Path) -> list[tuple[str, bytes]]:
    """Return the files of the last release; none where its zip cannot be read."""
    import zipfile

    try:
        with zipfile.ZipFile(place) as bundle:
            return [(name, bundle.read(name)) for name in bundle.namelist()]
    except (OSError, zipfile.BadZipFile):
        return []


def _laid(members: Sequence[Member], folder: Path) -> None:
    """Write the folder anew, whole or not at all; ends the command where that fails."""
    from autograder.release.members import lay

    try:
        with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".release-") as fresh:
            made = Path(fresh) / folder.name
            lay(members, made)
            if folder.exists():
                shutil.rmtree(folder)
            os.replace(made, folder)
    except OSError as error:
        stop(f"{folder} cannot be written: {error.strerror}. Choose another folder: -o", USAGE)
