"""What learning platforms call the files of a class when they are downloaded all at once."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from autograder.classroom.found import Claim
from autograder.classroom.names import tidy

# lastnamefirstname_LATE_12345_67890_bn.py: the student's id, then the attachment's.
_CANVAS = re.compile(
    r"(?P<name>.+?)(?P<late>_LATE)?_(?P<user>\d+)_(?P<number>\d+)_(?P<file>.+)", re.ASCII
)
_CANVAS_TEXT = re.compile(
    r"(?P<name>.+?)(?P<late>_LATE)?_(?P<user>\d+)_(?P<file>text\.html?)", re.ASCII
)
# First Last_123456_assignsubmission_file_: a folder, or the beginning of a file's name.
_MOODLE = re.compile(
    r"(?P<name>.+?)_(?P<number>\d+)_assignsubmission_(?P<kind>file|onlinetext)(?:_(?P<file>.*))?",
    re.ASCII,
)
_VERSION = re.compile(r"(?P<stem>.+)-(?P<number>[1-9]\d?)(?P<suffix>\.[^.]*)?")


@dataclass(frozen=True)
class Piece:
    """One file or folder of a student's, as the platform names it.

    `file` is the name it had when it was handed in, "" for a folder; `number` grows with
    every file that is handed in, where the platform counts them. A `text` was typed into the
    platform, it is no file of the student's.
    """

    name: str
    claim: Claim
    file: str
    number: int = 0
    late: bool = False
    text: bool = False


def piece(name: str) -> Piece | None:
    """Return what a name says, if it is one that Canvas or Moodle gives."""
    match = _MOODLE.fullmatch(name)
    if match and match["file"] not in (".", ".."):
        claim = Claim(name=tidy(match["name"]), number=match["number"])
        return Piece(name, claim, match["file"] or "", text=match["kind"] == "onlinetext")
    if match := _CANVAS_TEXT.fullmatch(name):
        claim = Claim(tidy(match["name"]), (("canvas", match["user"]),))
        return Piece(name, claim, match["file"], late=bool(match["late"]), text=True)
    match = _CANVAS.fullmatch(name)
    if match and match["file"] not in (".", ".."):
        claim = Claim(tidy(match["name"]), (("canvas", match["user"]),))
        number = int(match["number"][:18])
        return Piece(name, claim, match["file"], number, bool(match["late"]))
    return None


@dataclass(frozen=True)
class Versions:
    """The pieces of one student that count, each with its own name, and those that do not.

    `problem` says what cannot be told apart.
    """

    counted: tuple[tuple[str, Piece], ...]
    replaced: tuple[Piece, ...] = ()
    problem: str = ""


def newest(pieces: Iterable[Piece]) -> Versions:
    """Tell the newest version of each file: Canvas calls a second bn.py bn-1.py."""
    groups: dict[str, list[tuple[int, Piece]]] = defaultdict(list)
    for one in sorted(pieces, key=lambda piece: (piece.number, piece.name)):
        match = _VERSION.fullmatch(one.file) if one.number else None
        name = match["stem"] + (match["suffix"] or "") if match else one.file or one.name
        groups[name].append((int(match["number"]) if match else 0, one))
    counted: list[tuple[str, Piece]] = []
    replaced: list[Piece] = []
    problem = ""
    for name, versions in sorted(groups.items()):
        counted.append((name, versions[-1][1]))
        replaced += [one for _, one in versions[:-1]]
        if not _in_order(versions):
            names = " and ".join(one.name for _, one in versions)
            problem = f"It cannot be told which is the newest of {names}."
    return Versions(tuple(counted), tuple(replaced), problem)


def _in_order(versions: Sequence[tuple[int, Piece]]) -> bool:
    """Tell whether both numbers, the name's and the platform's, name the same order."""
    pairs = pairwise(versions)
    return all(a[0] <= b[0] and a[1].number < b[1].number for a, b in pairs)
