"""Recognise what a learning platform's download holds: a zip of it, or Gradescope's folder."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path

from autograder.classroom.found import Claim, Finds, Found, IntakeError, note
from autograder.classroom.metadata import FILE, Upload, read_metadata
from autograder.classroom.platforms import piece
from autograder.classroom.unpack import open_class_zip, unpack
from autograder.handin.entries import MEGABYTE, is_junk, open_regular, shown

METADATA_LIMIT = 256 * MEGABYTE
_WORKS = (".py", ".ipynb", ".zip")
_ROOT = re.compile(r"assignment_\w+_export")
_NUMBER = re.compile(r"submission_(\d+)(?:\..*)?", re.ASCII)


@dataclass(frozen=True)
class Folder:
    """A folder that holds a class. `name` is the path that was given, `troubles` says what is
    wrong with some of the names in it. Only an `export` is Gradescope's, whatever lies there.
    """

    path: Path
    name: str
    export: bool = False
    troubles: dict[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


def items(folder: Path) -> list[Path]:
    """Return what lies in a folder, sorted, without what systems leave behind."""
    try:
        return sorted(folder / name for name in os.listdir(folder) if not is_junk(name))
    except OSError as error:
        raise IntakeError(
            f"The folder {shown(str(folder))} cannot be read: {error.strerror or error}."
        ) from error


def mode(path: Path) -> int:
    """Return the kind of what lies at `path`, 0 for nothing; a link is a link."""
    try:
        return stat.S_IFMT(os.lstat(path).st_mode)
    except (OSError, ValueError):
        return 0


def take_apart(path: Path, into: Path, *, alone: bool) -> Folder | None:
    """Unpack a class zip into the new folder `into`; None if the zip is one submission.

    One that was given `alone` is a class too where it holds the works of several students.
    Raises IntakeError when the zip cannot be read.
    """
    with open_class_zip(path) as source:
        root = _root(source.files, alone)
        if root is None:
            return None
        into.mkdir(parents=True)
        done = unpack(source, into, lambda inside: _owner(inside[len(root) :]))
    troubles: dict[str, str] = {}
    lost: list[str] = []
    for inside, trouble in done.troubles.items():
        top = inside[len(root) :].partition("/")[0] if inside.startswith(root) else inside
        troubles.setdefault(top, trouble)
        lost += [] if mode(into / root / top) else [inside]
    notes = source.notes + note(f"Not taken out of {shown(path.name)}", lost)
    return Folder(into / root, str(path), root + FILE in source.files, troubles, notes)


def _owner(inside: str) -> str:
    top = inside.partition("/")[0]
    known = piece(top)
    return repr(known.claim) if known else top


def _root(names: Collection[str], alone: bool) -> str | None:
    """Return the folder in a zip that holds a class, "" for the top, None if none does."""
    tops = {name.partition("/")[0] for name in names}
    prefix = ""
    if len(tops) == 1 and not piece(next(iter(tops))) and next(iter(tops)) not in names:
        prefix = f"{next(iter(tops))}/"
        tops = {name[len(prefix) :].partition("/")[0] for name in names}
    if prefix + FILE in names:
        return prefix
    pieces = [top for top in tops if piece(top)]
    return prefix if 2 * len(pieces) > len(tops) or (alone and _several(names, prefix)) else None


def _several(names: Collection[str], prefix: str) -> bool:
    """Tell whether a zip holds several works: folders with one in each, or one file each."""
    works = [name[len(prefix) :] for name in names if name.lower().endswith(_WORKS)]
    folders = {name.partition("/")[0] for name in works if "/" in name}
    files = [name for name in works if "/" not in name]
    return len(folders) > 1 if not files else len(files) > 1


def gradescope_root(folder: Path, named: bool) -> Path | None:
    """Return the folder that holds a Gradescope export: this one, or the only one in it.

    `named` asks that it is also called so: a student's folder may hold anything.
    """
    if stat.S_ISREG(mode(folder / FILE)):
        return folder if not named or _ROOT.fullmatch(folder.name) else None
    inside = items(folder)
    if len(inside) == 1 and _ROOT.fullmatch(inside[0].name) and stat.S_ISDIR(mode(inside[0])):
        return inside[0] if stat.S_ISREG(mode(inside[0] / FILE)) else None
    return None


def read_gradescope(folder: Folder) -> Finds:
    """Return the submissions of a Gradescope export, whether or not its metadata knows them."""
    if FILE in folder.troubles:
        raise IntakeError(folder.troubles[FILE])
    uploads = {upload.folder: upload for upload in read_metadata(_metadata(folder.path / FILE))}
    here = {path.name: path for path in items(folder.path) if path.name != FILE}
    found: list[Found] = []
    odd: list[str] = []
    unnamed: list[str] = []
    for name in sorted({*uploads, *here}):
        upload, path = uploads.get(name), here.get(name)
        if upload is None and path and not _NUMBER.fullmatch(name):
            odd.append(name)
            continue
        claims = upload.submitters if upload else ()
        if not claims:
            unnamed.append(name)
        found.append(_found(folder, name, upload, claims or (Claim(handle=name, number=name),)))
    notes = (
        f"{shown(folder.name)}: a Gradescope export of {len(found)} submissions.",
        *folder.notes,
        *note("Left out, because the export's metadata does not name them", odd),
        *note("No student is named for these submissions; each stands for itself", unnamed),
    )
    return Finds(tuple(found), notes)


def _metadata(path: Path) -> str:
    try:
        with os.fdopen(open_regular(path, os.lstat(path)), "rb") as stream:
            data = stream.read(METADATA_LIMIT + 1)
        if len(data) > METADATA_LIMIT:
            raise IntakeError(f"{FILE} is larger than {METADATA_LIMIT // MEGABYTE} MB.")
        return data.decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise IntakeError(f"{FILE} cannot be read: {error}.") from error


def _found(folder: Folder, name: str, upload: Upload | None, claims: tuple[Claim, ...]) -> Found:
    # A name in the metadata is text: it may not lead out of the export.
    path = folder.path / (name if name not in ("", ".", "..") and "/" not in name else "unknown")
    problem = folder.troubles.get(name, "")
    if mode(path) not in (stat.S_IFDIR, stat.S_IFREG):
        problem = f"{shown(name)} is not in the export. Download it from Gradescope again."
    number = _NUMBER.fullmatch(name)
    return Found(
        claims=tuple(dict.fromkeys(claims)),
        path=path,
        label=name,
        submitted=upload.created if upload else "",
        submission=number[1] if number else "",
        problem=problem,
    )
