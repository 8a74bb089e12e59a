"""Find the submissions in the paths that an instructor gave; each is recognised by what lies there.

Nothing is followed out of those paths, and nothing in them goes unsaid: what is no submission
is named in a note.
"""

from __future__ import annotations

import os
import shutil
import stat
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from autograder.classroom.export import (
    Folder,
    gradescope_root,
    items,
    mode,
    read_gradescope,
    take_apart,
)
from autograder.classroom.found import Claim, Finds, Found, IntakeError, note
from autograder.classroom.metadata import FILE
from autograder.classroom.names import slug, tidy
from autograder.classroom.platforms import Piece, newest, piece
from autograder.classroom.unpack import STUDENT_LIMIT
from autograder.handin.entries import MEGABYTE, is_junk, open_regular, shown

_SOURCES = (".py", ".ipynb")
# Archives that are not read are hand-ins all the same: opening them says what to do.
_HANDINS = (*_SOURCES, ".zip", ".tar", ".gz", ".tgz", ".rar", ".7z", ".bz2", ".xz")


def gather(paths: Sequence[Path], into: Path) -> Finds:
    """Return every submission in `paths`; raises IntakeError for what cannot be read at all."""
    given: dict[str, Path] = {}
    again: list[str] = []
    for path in sorted(paths):
        # A link is a path of its own: what it leads to counts, it does not.
        place = os.path.join(os.path.realpath(path.parent), path.name)
        again += [str(path)] if place in given else []
        given.setdefault(place, path)
    several = len(given) > 1
    classes: list[Folder] = []
    single: list[Path] = []
    for path in sorted(given.values()):
        if not mode(path):
            raise IntakeError(f"There is no file or folder {shown(str(path))}.")
        inside = _class_in(path, into / "downloads" / f"{len(classes):03d}", several)
        if inside is None:
            single.append(path)
        else:
            classes.append(inside)
    finds = [_single(single, into)] if single else []
    finds += [_class(folder, into) for folder in classes]
    notes = [text for one in finds for text in one.notes]
    notes += note("Given more than once", again)
    return Finds(tuple(found for one in finds for found in one.found), tuple(notes))


def _class_in(path: Path, unpacked: Path, several: bool) -> Folder | None:
    """Return the folder of a class at `path`, None if one submission or no folder is there."""
    if stat.S_ISREG(mode(path)) and path.suffix.lower() == ".zip":
        return _class_zip(path, unpacked, several)
    if not stat.S_ISDIR(mode(path)):
        return None
    if root := gradescope_root(path, named=several):
        return Folder(root, str(path))
    return Folder(path, str(path)) if not several or _holds_a_class(path) else None


def _class_zip(path: Path, unpacked: Path, several: bool) -> Folder | None:
    try:
        return take_apart(path, unpacked)
    except IntakeError:
        # Among several it is one student's hand-in that cannot be read: the opener says so.
        if several and not unpacked.exists():
            return None
        raise


def _holds_a_class(folder: Path) -> bool:
    """Tell whether one of several folders is itself a class: it holds no source, but several
    folders or zips, or what a learning platform names."""
    inside = items(folder)
    if len({one.claim for one in _downloaded(inside)}) > 1:
        return True
    if any(path.suffix.lower() in _SOURCES for path in inside if stat.S_ISREG(mode(path))):
        return False
    works = [p for p in inside if stat.S_ISDIR(mode(p)) or p.suffix.lower() == ".zip"]
    return len(works) > 1


def _single(paths: Sequence[Path], into: Path) -> Finds:
    whole = [str(path) for path in paths if _is_folder(path) or path.suffix.lower() == ".zip"]
    finds = _sort_out(paths, into, {})
    notes = note("Taken as one student's work each (give a class as a folder)", whole)
    return replace(finds, notes=(*notes, *finds.notes))


def _class(folder: Folder, into: Path) -> Finds:
    if stat.S_ISREG(mode(folder.path / FILE)):
        return read_gradescope(folder)
    inside = items(folder.path)
    own = [path for path in inside if into.resolve().is_relative_to(path.resolve())]
    finds = _sort_out([path for path in inside if path not in own], into, folder.troubles)
    labels = [found.label for found in finds.found]
    many = f"of {len(labels)}" if len(labels) != 1 else f"of one, {shown(labels[0])}"
    notes = (
        f"{shown(folder.name)}: taken as a class {many}.",
        *folder.notes,
        *note("Left out, because the results are written there", [path.name for path in own]),
    )
    return replace(finds, notes=(*notes, *finds.notes))


def _downloaded(paths: Iterable[Path]) -> list[Piece]:
    """Return what Canvas or Moodle named; a few names that look like it are none of Canvas's."""
    here = [path for path in paths if mode(path) in (stat.S_IFREG, stat.S_IFDIR)]
    pieces = [one for path in here if (one := piece(path.name))]
    ours = [one for one in pieces if one.claim.number]
    files = [path for path in here if stat.S_ISREG(mode(path))]
    canvas = [one for one in pieces if not one.claim.number]
    canvas = [one for one in canvas if any(path.name == one.name for path in files)]
    return ours + (canvas if 2 * len(canvas) > len(files) else [])


def _sort_out(paths: Sequence[Path], into: Path, troubles: Mapping[str, str]) -> Finds:
    """Return the submissions among `paths`, whether a platform named them or an instructor."""
    links = [path for path in paths if mode(path) not in (stat.S_IFREG, stat.S_IFDIR)]
    litter = [path for path in paths if path not in links and is_junk(path.name)]
    real = [path for path in paths if path not in links and path not in litter]
    named = {one.name: one for one in _downloaded(real)}
    works: dict[Claim, list[tuple[Piece, Path]]] = defaultdict(list)
    plain: list[Found] = []
    for path in real:
        if path.name in named:
            works[named[path.name].claim].append((named[path.name], path))
        else:
            plain.append(_plain(path, troubles.get(path.name, "")))
    finds = [_work(claim, pieces, into, troubles) for claim, pieces in works.items()]
    notes = note("Left out, because links and devices are not read", [p.name for p in links])
    notes += note("Left out, because systems leave such files behind", [p.name for p in litter])
    notes += tuple(text for one in finds for text in one.notes)
    return Finds((*plain, *(found for one in finds for found in one.found)), notes)


def _plain(path: Path, problem: str) -> Found:
    """Return the submission that a file or folder is, named after its student."""
    folder = stat.S_ISDIR(mode(path))
    handle = tidy(path.name if folder else path.stem)
    doubtful = not folder and path.suffix.lower() not in _HANDINS
    claim = Claim(handle=handle, number="" if handle else path.name)
    return Found((claim,), path, path.name, problem=problem, doubtful=doubtful)


def _work(
    claim: Claim,
    pieces: Sequence[tuple[Piece, Path]],
    into: Path,
    troubles: Mapping[str, str],
) -> Finds:
    """Return what a platform holds of one student: folders, files of one hand-in, or a text."""
    folders = [(one, path) for one, path in pieces if not one.text and _is_folder(path)]
    files = {one: path for one, path in pieces if not one.text and not _is_folder(path)}
    texts = [(one, path) for one, path in pieces if one.text]
    found = [_whole(claim, *pair, troubles) for pair in folders]
    notes: tuple[str, ...] = ()
    if files:
        versions = newest(files)
        notes += note("Left out, because a newer version came", [p.name for p in versions.replaced])
        bad = [troubles[one.name] for one in files if one.name in troubles]
        problem = versions.problem or next(iter(bad), "")
        folder = _folder(claim, into / "works")
        counted = [(name, files[one]) for name, one in versions.counted]
        problem = problem or _place(counted, folder, into)
        label = ", ".join(one.name for _, one in versions.counted)
        late = any(one.late for _, one in versions.counted)
        found.append(Found((claim,), folder, label, late, submission=number, problem=problem))
    if texts and not found:
        text, path = texts[0]
        problem = "Text was typed into the platform; no file was handed in."
        found.append(Found((claim,), path, text.name, text.late, problem=problem))
        texts = texts[1:]
    notes += note("Left out, because it is text and no file", [one.name for one, _ in texts])
    return Finds(tuple(found), notes)


def _is_folder(path: Path) -> bool:
    return stat.S_ISDIR(mode(path))


def _whole(claim: Claim, one: Piece, path: Path, troubles: Mapping[str, str]) -> Found:
    problem = troubles.get(one.name, "")
    return Found((claim,), path, one.name, one.late, "", claim.number, problem)


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
    """Put the files into a folder under their own names; return what is wrong with them."""
    left = STUDENT_LIMIT
    for name, path in files:
        try:
            left -= os.lstat(path).st_size
            if left < 0:
                return f"The work is over {STUDENT_LIMIT // MEGABYTE} MB."
            if path.is_relative_to(into):
                os.replace(path, folder / name)
                continue
            with (
                os.fdopen(open_regular(path, os.lstat(path)), "rb") as source,
                (folder / name).open("xb") as target,
            ):
                shutil.copyfileobj(source, target)
        except OSError as error:
            return f"{shown(path.name)} cannot be read: {error.strerror or error}."
    return ""
