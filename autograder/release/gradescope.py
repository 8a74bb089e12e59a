"""The autograder zip for Gradescope: the toolkit, one assignment with its solution, two scripts.

Specification: https://gradescope-autograders.readthedocs.io/en/latest/specs
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.assignment import Assignment
from autograder.release.members import Member
from autograder.release.pins import UnknownPin, everywhere, requirements
from autograder.release.pixels import test_images
from autograder.release.tree import Linked, contents, files
from autograder.release.wheel import wheel

if TYPE_CHECKING:
    from autograder.checks.run import Check

PLATFORM = Path(__file__).with_name("platform")
SCRIPTS = ("setup.sh", "run_autograder")
BACKENDS = ("own", "otter")
# What only the proof of a grader needs; on the platform it would be more to read for an intruder.
_STAY_OUT = frozenset({"wrong", "right"})
_PYTHON = re.compile(r"3\.(\d{1,2})")
_OLDEST = 10


class GradescopeError(ValueError):
    """The autograder cannot be packed; the text says why."""


def members(
    assignment: Assignment,
    root: Path,
    *,
    python: str = "3.10",
    backend: str = "own",
    data: Path | None = None,
) -> list[Member]:
    """Return the files of the zip to upload, for an image with the Python `python`.

    Pins come from `root/constraints.txt`; test images are looked for in `data` first. With the
    backend "otter" it is otter-grader that grades, beside the student's code: whoever wants to
    can read the hidden checks there and give themselves full marks. Raises GradescopeError.
    """
    _need_python(python)
    if assignment.solution is None:
        raise GradescopeError(f"solutions/{assignment.name} is not here")
    checks = _need_checks(assignment)
    _need_time(assignment)
    toolkit = wheel()
    course = [*_public(assignment, root, checks), *_secret(assignment.solution, assignment.name)]
    if backend == "otter":
        from autograder.release.beside import OtterError, otter_members

        try:
            return otter_members(assignment, checks, toolkit, course, root, python)
        except OtterError as error:
            raise GradescopeError(str(error)) from error
    if backend != "own":
        raise GradescopeError(f"there is no backend {backend!r}: {' or '.join(BACKENDS)}")
    try:
        lists = requirements(root / "constraints.txt", python, toolkit.path, not assignment.light)
    except UnknownPin as error:
        raise GradescopeError(str(error)) from error
    return [
        *(Member(name, (PLATFORM / name).read_bytes(), executable=True) for name in SCRIPTS),
        Member("python-version", f"{python}\n".encode()),
        toolkit,
        *(Member(name, text.encode()) for name, text in lists.items()),
        *course,
        *_images(assignment, data),
    ]


def lacks_images(assignment: Assignment, made: Iterable[Member]) -> str:
    """Return what checks will be skipped on the platform for want of images; mostly nothing."""
    wanted = _data_set(assignment)
    if not wanted or any(member.path.startswith("data/") for member in made):
        return ""
    return (
        f"The test images of {wanted} are not in the zip: they are not on this machine. "
        "Checks of accuracy will be skipped on the platform and their points stay open. "
        "Name the folder that holds them with --data, and make the zip again."
    )


def _need_python(python: str) -> None:
    found = _PYTHON.fullmatch(python)
    if not found or int(found[1]) < _OLDEST:
        raise GradescopeError(
            f"Python {python[:20]!r} cannot be used: name the version of the image's Python "
            f"like 3.{_OLDEST}, which is also the oldest that works"
        )


def _need_checks(assignment: Assignment) -> Sequence[Check]:
    """Return the checks; raises GradescopeError where they or the solution cannot be loaded."""
    from autograder.checks.run import GraderError
    from autograder.grading import collect, trusted

    try:
        checks = collect(assignment)
        if assignment.light or find_spec("torch") is not None:
            trusted(assignment)
        return checks
    except FileNotFoundError as error:
        raise GradescopeError(f"{Path(str(error.filename)).name} is missing") from error
    except GraderError as error:
        raise GradescopeError(str(error)) from error


def _need_time(assignment: Assignment) -> None:
    limit, needed = 60 * assignment.publication.minutes, 2 * assignment.limits.run_seconds
    if limit < needed:
        raise GradescopeError(
            f"code may run {needed / 2:g} s by its [limits], and {limit:g} s are set for all: "
            f"give [gradescope] minutes = {math.ceil(needed / 60)}, and set them on the platform"
        )


def _public(assignment: Assignment, root: Path, checks: Sequence[Check]) -> list[Member]:
    """Return the assignment's folder just as students get it, with the originals of their files."""
    from autograder.checks.run import GraderError
    from autograder.release.skeleton import SkeletonError
    from autograder.release.student import ReleaseError, release

    home = f"assignments/{assignment.name}/"
    try:
        given = release(assignment, everywhere(root / "constraints.txt"), checks=checks)
    except (ReleaseError, SkeletonError, UnknownPin, GraderError) as error:
        raise GradescopeError(str(error)) from error
    ours = (member for member in given if member.path.startswith(home))
    # Of notebooks only the hand-in is read here: the test files of otter would not be looked at.
    return [member for member in ours if not member.path.startswith(f"{home}tests/")]


def _secret(folder: Path, name: str) -> Iterator[Member]:
    """Yield the files of the solution that grade; raises GradescopeError for a link."""
    grading = (one for one in files(folder) if one[0].split("/")[0] not in _STAY_OUT)
    try:
        for inside, data in contents(grading):
            yield Member(f"solutions/{name}/{inside}", data)
    except Linked as error:
        raise GradescopeError(f"solutions/{name}/{error}") from error


def _data_set(assignment: Assignment) -> str:
    """Return the data set whose test images the checks look at, and that cannot be drawn."""
    asked = assignment.training.dataset if assignment.training else ""
    return "" if asked.endswith("shapes") else asked


def _images(assignment: Assignment, folder: Path | None) -> list[Member]:
    wanted = _data_set(assignment)
    if not wanted:
        return []
    from autograder.datasets import DataBroken

    try:
        return [Member(f"data/{path}", held) for path, held in test_images(wanted, folder)]
    except DataBroken as error:
        raise GradescopeError(str(error)) from error
