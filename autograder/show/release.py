"""What `grade release` and `grade gradescope` say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from autograder.assignment import Assignment
from autograder.proof import Broken
from autograder.show.layout import wrap
from autograder.show.screen import Screen


@dataclass(frozen=True)
class Made:
    """A zip that was written: its path, its size in bytes, its sha256."""

    path: str
    size: int
    digest: str


class Packed(Protocol):
    """One file of a zip."""

    @property
    def path(self) -> str: ...
    @property
    def data(self) -> bytes: ...


def release_text(
    assignment: Assignment, members: Sequence[Packed], made: Made, command: str, look: Screen
) -> str:
    """Return what was given out: files, the zip's path, size and sha256, the next command."""
    lines = [f"release of {assignment.name}: no secret found in {len(members)} files", ""]
    lines += _files(members)
    lines += ["", *made_lines(made)]
    lines += [f"{made.path.removesuffix('.zip')} is the same as a folder"]
    lines += ["", *wrap(f"next: {command} gradescope {assignment.name}", look.width)]
    return "\n".join(lines) + "\n"


def leaks_text(name: str, found: Sequence[Broken], look: Screen) -> str:
    """Return what stands in the way of a release, one paragraph a secret."""
    lines = [f"{name} was not released: something secret would go out with it.", ""]
    for broken in found:
        lines += wrap(f"{broken.where} {broken.says}", look.width)
    return "\n".join(lines) + "\n"


def autograder_text(
    assignment: Assignment, members: Sequence[Packed], made: Made, backend: str, look: Screen
) -> str:
    """Return what the autograder zip holds and what to do with it."""
    lines = [f"autograder of {assignment.name} for Gradescope, {len(members)} files", ""]
    lines += made_lines(made)
    if backend == "otter" and (
        assignment.late.per_day or assignment.attempts.most or assignment.attempts.within
    ):
        lines += wrap(
            "note: otter knows no [late] and no [attempts]: nothing is deducted", look.width
        )
    if backend == "otter":
        warning = (
            "note: otter runs a student's code beside its tests. Whoever wants to can read the "
            "hidden checks there and give themselves full marks"
        )
        lines += wrap(warning, look.width)
    memory = "0.75 GB is enough" if assignment.light else "torch needs 1.5 GB or more"
    limit = assignment.publication.minutes
    minutes = f"{limit:g} minute{'s' * (limit != 1)}"
    settings = f"In its settings: {memory}; a timeout of {minutes}; {assignment.points:g} points"
    upload = "next: upload it in Gradescope, Configure Autograder, and build it"
    lines += ["", *wrap(upload, look.width), *wrap(settings, look.width)]
    return "\n".join(lines) + "\n"


def _files(members: Sequence[Packed]) -> list[str]:
    column = max(len(member.path) for member in members)
    ordered = sorted(members, key=lambda member: member.path)
    return [f"  {member.path:<{column}}  {len(member.data):>9,}" for member in ordered]


def made_lines(made: Made) -> list[str]:
    """Return where the zip lies, uncut so that it can be copied, and its digest."""
    return [f"{made.path} ({made.size:,} bytes)", f"sha256 {made.digest}"]
