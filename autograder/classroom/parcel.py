"""Folders as data, for machines that share no disk: names and bytes, no object of anyone's."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from autograder.assignment import Assignment
from autograder.classroom.executor import Job
from autograder.submission import Submission

Files = dict[str, bytes]
_LEFT_OUT = frozenset({"__pycache__", ".git"})
_NOWHERE = Path()


class ParcelError(ValueError):
    """A parcel that cannot be unpacked safely."""


def pack(folder: Path, below: str = "") -> Files:
    """Return the content of every file of a folder, by its path with `/` between the parts."""
    found = {}
    for path in sorted(folder.rglob("*")):
        parts = path.relative_to(folder).parts
        if path.is_file() and not _LEFT_OUT & set(parts):
            found["/".join((*below.split("/"), *parts) if below else parts)] = path.read_bytes()
    return found


def unpack(files: Mapping[str, bytes], into: Path) -> None:
    """Write a parcel into a folder; raises ParcelError for a path that would lead out of it."""
    for name, data in files.items():
        if any(p in ("", ".", "..") or set(p) & set("\\:\0") for p in name.split("/")):
            raise ParcelError(f"{name!r} is no path inside a folder")
        path = into.joinpath(*name.split("/"))
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.write_bytes(data)


def digest(files: Mapping[str, bytes]) -> str:
    """Return the sha256 over names and contents."""
    found = hashlib.sha256()
    for name, data in sorted(files.items()):
        found.update(f"{len(name)}:{name}:{len(data)}:".encode("utf-8", "surrogateescape"))
        found.update(data)
    return found.hexdigest()


def pack_course(assignment: Assignment) -> Files:
    """Return the public and the secret folder of an assignment, as below a course's root."""
    files = pack(assignment.folder, f"assignments/{assignment.name}")
    if assignment.solution is not None:
        files |= pack(assignment.solution, f"solutions/{assignment.name}")
    return files


@dataclass(frozen=True)
class Sent:
    """A job as data. `about` is its submission without a folder of the sender's."""

    key: str
    module: str
    files: Files
    about: Submission


def send(job: Job) -> Sent:
    """Read a job's files; one that went away is not sent, and missed where it is graded."""
    given = job.submission
    files: Files = {}
    for name in given.files:
        with suppress(OSError):
            files[name] = (given.folder / name).read_bytes()
    about = replace(given, folder=_NOWHERE, module=_NOWHERE)
    return Sent(job.key, given.module.name, files, about)


def receive(sent: Sent, folder: Path) -> Job:
    """Write a job's files into an empty folder of this machine."""
    unpack(sent.files, folder)
    return Job(sent.key, replace(sent.about, folder=folder, module=folder / sent.module))
