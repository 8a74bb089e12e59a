"""One student's pieces of a platform's download become one submission."""

from __future__ import annotations

import os
import shutil
import stat
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from autograder.classroom.export import mode
from autograder.classroom.found import Claim, Finds, Found, IntakeError, note
from autograder.classroom.names import slug
from autograder.classroom.platforms import Piece, newest
from autograder.classroom.unpack import STUDENT_LIMIT
from autograder.handin.entries import MEGABYTE, open_regular, shown


@dataclass(frozen=True)
class Held:
    """A piece where it lies, and what is wrong with it. Pieces beside each other, in one
    folder, are of one download."""

    piece: Piece
    path: Path
    problem: str = ""


def assemble(pieces: Iterable[Held], into: Path) -> Finds:
    """Return the submissions that the pieces make, files of one student in one new folder."""
    students: dict[Claim, dict[Path, list[Held]]] = defaultdict(lambda: defaultdict(list))
    for one in pieces:
        students[one.piece.claim][one.path.parent].append(one)
    finds = [_newest_of(claim, downloads, into) for claim, downloads in students.items()]
    return Finds(
        tuple(found for one in finds for found in one.found),
        tuple(text for one in finds for text in one.notes),
    )


def _newest_of(claim: Claim, downloads: dict[Path, list[Held]], into: Path) -> Finds:
    """Return the submissions of one student; of Canvas's downloads only the newest counts."""
    counted, older = sorted(downloads), list[Path]()
    if not claim.number:
        last = max(counted, key=lambda one: max(held.piece.number for held in downloads[one]))
        counted, older = [last], [one for one in counted if one != last]
    finds = [_work(claim, downloads[one], into) for one in counted]
    names = [str(held.path) for one in older for held in downloads[one]]
    notes = note("Left out, because a newer download holds that student's work", names)
    return Finds(
        tuple(found for one in finds for found in one.found),
        (*(text for one in finds for text in one.notes), *notes),
    )


def _work(claim: Claim, pieces: Sequence[Held], into: Path) -> Finds:
    """Return what one download holds of one student: folders, files of one hand-in, or a text."""
    texts = [one for one in pieces if one.piece.text]
    folders = [one for one in pieces if not one.piece.text and stat.S_ISDIR(mode(one.path))]
    files = [one for one in pieces if not one.piece.text and not stat.S_ISDIR(mode(one.path))]
    found = [_whole(claim, one, one.problem) for one in folders]
    notes: tuple[str, ...] = ()
    if files:
        own, notes = _files(claim, files, into)
        found.append(own)
    if texts and not found:
        typed = "Text was typed into the platform; no file was handed in."
        found.append(_whole(claim, texts.pop(0), typed))
    notes += note("Left out, because it is text and no file", [one.piece.name for one in texts])
    return Finds(tuple(found), notes)


def _whole(claim: Claim, one: Held, problem: str) -> Found:
    name, late = one.piece.name, one.piece.late
    return Found((claim,), one.path, name, late, submission=claim.number, problem=problem)


def _files(claim: Claim, files: Sequence[Held], into: Path) -> tuple[Found, tuple[str, ...]]:
    """Put one student's files into a folder, each in its newest version."""
    versions = newest(one.piece for one in files)
    places = {one.piece: one.path for one in files}
    pieces = [one for _, one in versions.counted]
    folder = _folder(claim, into / "works")
    problem = versions.problem or next((one.problem for one in files if one.problem), "")
    placed = _place([(name, places[one]) for name, one in versions.counted], folder, into)
    # A single file may have any name: given as a file, the opener knows what it must be.
    alone = folder / versions.counted[0][0] if len(pieces) == 1 else folder
    found = Found(
        claims=(claim,),
        path=alone if mode(alone) else folder,
        label=", ".join(one.name for one in pieces),
        late=any(one.late for one in pieces),
        submission=claim.number or str(max(one.number for one in pieces)),
        problem=problem or placed,
    )
    replaced = [one.name for one in versions.replaced]
    return found, note("Left out, because a newer version came", replaced)


def _folder(claim: Claim, works: Path) -> Path:
    """Make the folder for one student's files; its name is for people who look there."""
    name = slug(f"{claim.name}-{dict(claim.ids).get('canvas') or claim.number}") or "student"
    count, folder = 1, works / name
    while folder.exists():
        count += 1
        folder = works / f"{name}-{count}"
    folder.mkdir(parents=True)
    return folder


def _place(files: Iterable[tuple[str, Path]], folder: Path, into: Path) -> str:
    """Put the files into a folder under their own names; return what is wrong with them.

    Raises IntakeError when the folder cannot be written: that is no student's fault.
    """
    left = STUDENT_LIMIT
    for name, path in files:
        try:
            known = os.lstat(path)
            left -= known.st_size
            if left < 0:
                return f"The work is over {STUDENT_LIMIT // MEGABYTE} MB."
            ours = path.is_relative_to(into)
            source = None if ours else os.fdopen(open_regular(path, known), "rb")
        except OSError as error:
            return f"{shown(path.name)} cannot be read: {error.strerror or error}."
        try:
            _put(source, path, folder / name)
        except OSError as error:
            raise IntakeError(f"{folder} cannot be written: {error.strerror}.") from error
    return ""


def _put(source: IO[bytes] | None, path: Path, to: Path) -> None:
    """Copy an open file; one that is not open is ours already, and is moved."""
    if source is None:
        os.replace(path, to)
        return
    with source, to.open("xb") as target:
        shutil.copyfileobj(source, target)
