"""Digests that tell whether something a score depends on has changed."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

from autograder import __version__
from autograder.assignment import Assignment

# What a verdict does not depend on: how it is shown, and the proof of the grader.
_APART = frozenset({"show", "classroom", "release"})
_PROOF = ("wrong", "right", "__pycache__", ".original")


def grader_digest(assignment: Assignment, data: Path | None, isolation: str = "required") -> str:
    """Return the sha256 of all that grades: the assignment, its solution, the toolkit.

    Whether there are data sets counts too, since they enable checks, and how far the student's
    code is kept apart.
    """
    digest = hashlib.sha256(f"{__version__} {_has_data(data)} {isolation}".encode())
    for folder in (assignment.folder, assignment.solution):
        _add(digest, folder, _files(folder) if folder else ())
    package = Path(__file__).resolve().parents[1]
    own = (p for p in package.rglob("*.py") if p.relative_to(package).parts[0] not in _APART)
    _add(digest, package, own)
    return digest.hexdigest()


def job_key(work: str, grader: str) -> str:
    """Return the key of a grading: the same work and grader have the same."""
    return hashlib.sha256(f"{work} {grader}".encode()).hexdigest()


def _has_data(data: Path | None) -> bool:
    return bool(data or os.environ.get("GRADER_DATA"))


def _files(folder: Path) -> Iterator[Path]:
    for path in folder.rglob("*"):
        inside = path.relative_to(folder)
        if path.is_file() and inside.parts[0] not in _PROOF and "__pycache__" not in inside.parts:
            yield path


def _add(digest: hashlib._Hash, folder: Path | None, files: Iterator[Path] | tuple[()]) -> None:
    for path in sorted(files):
        data = path.read_bytes()
        assert folder is not None
        name = path.relative_to(folder).as_posix()
        digest.update(f"{len(name)}:{name}:{len(data)}:".encode())
        digest.update(data)
