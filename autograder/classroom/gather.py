"""Find the submissions in the paths that an instructor gave; each is recognised by what lies there.

Nothing is followed out of those paths, and nothing in them goes unsaid: what is no submission
is named in a note.
"""

from __future__ import annotations

import os
import stat
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
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
from autograder.classroom.names import folded, tidy
from autograder.classroom.platforms import Piece, piece
from autograder.classroom.works import Held, assemble
from autograder.handin.entries import is_junk, listed, shown

_SOURCES = (".py", ".ipynb")
# Archives that are not read are hand-ins all the same: opening them says what to do.
_HANDINS = (*_SOURCES, ".zip", ".tar", ".gz", ".tgz", ".rar", ".7z", ".bz2", ".xz")


@dataclass(frozen=True)
class _Heap:
    """What lies beside each other: whole submissions, and pieces that a platform named."""

    found: tuple[Found, ...]
    pieces: tuple[Held, ...]
    notes: tuple[str, ...]


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
    heaps = [_single(single, into)] if single else []
    heaps += [_class(folder, into) for folder in classes]
    finds = assemble((one for heap in heaps for one in heap.pieces), into)
    return Finds(
        (*(found for heap in heaps for found in heap.found), *finds.found),
        (
            *(text for heap in heaps for text in heap.notes),
            *finds.notes,
            *note("Given more than once", again),
        ),
    )


def _class_in(path: Path, unpacked: Path, several: bool) -> Folder | None:
    """Return the folder of a class at `path`, None if one submission or no folder is there."""
    if stat.S_ISREG(mode(path)) and path.suffix.lower() == ".zip":
        return _class_zip(path, unpacked, several)
    if not stat.S_ISDIR(mode(path)):
        return None
    if root := gradescope_root(path, named=several):
        return Folder(root, str(path), export=True)
    return Folder(path, str(path)) if not several or _holds_a_class(path) else None


def _class_zip(path: Path, unpacked: Path, several: bool) -> Folder | None:
    try:
        return take_apart(path, unpacked, alone=not several)
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


def _single(paths: Sequence[Path], into: Path) -> _Heap:
    whole = [str(path) for path in paths if _is_folder(path) or path.suffix.lower() == ".zip"]
    heap = _sort_out(paths, into, {})
    # All of them are candidates: a few names show what was meant.
    taken = f"Taken as one student's work each: {listed(whole)}. Give a class as a folder."
    return replace(heap, notes=(*([taken] if whole else []), *heap.notes))


def _class(folder: Folder, into: Path) -> _Heap:
    if folder.export:
        finds = read_gradescope(folder)
        return _Heap(finds.found, (), finds.notes)
    heap = _sort_out(items(folder.path), into, folder.troubles)
    count = len(heap.found) + len({one.piece.claim for one in heap.pieces})
    notes = (f"{shown(folder.name)}: taken as a class of {count}.", *folder.notes)
    return replace(heap, notes=(*notes, *heap.notes))


def _sort_out(paths: Sequence[Path], into: Path, troubles: Mapping[str, str]) -> _Heap:
    """Tell what a platform named from what an instructor named, and both from what is neither."""
    out = into.resolve()
    links = {path for path in paths if mode(path) not in (stat.S_IFREG, stat.S_IFDIR)}
    litter = {path for path in paths if path not in links and is_junk(path.name)}
    own = {p for p in paths if stat.S_ISDIR(mode(p)) and out.is_relative_to(p.resolve())}
    apart = links | litter | own
    real = [path for path in paths if path not in apart]
    named = {one.name: one for one in _downloaded(real)}
    held = (
        Held(named[path.name], path, troubles.get(path.name, ""))
        for path in real
        if path.name in named
    )
    plain = _apart([p for p in real if p.name not in named], troubles)
    notes = note("Left out, because links and devices are not read", [p.name for p in links])
    notes += note("Left out, because systems leave such files behind", [p.name for p in litter])
    notes += note("Left out, because the results are written there", [p.name for p in own])
    return _Heap(tuple(plain), tuple(held), notes)


def _downloaded(paths: Iterable[Path]) -> list[Piece]:
    """Return what Canvas or Moodle named; a few names that look like it are none of Canvas's."""
    files = {path.name for path in paths if stat.S_ISREG(mode(path))}
    pieces = [one for path in paths if (one := piece(path.name))]
    moodle = [one for one in pieces if one.claim.number]
    canvas = [one for one in pieces if not one.claim.number and one.name in files]
    return moodle + (canvas if 2 * len(canvas) > len(files) else [])


def _apart(paths: Sequence[Path], troubles: Mapping[str, str]) -> Iterator[Found]:
    """Yield a submission a path; folders whose names differ in spelling only are two students'."""
    found = [_plain(path, troubles.get(path.name, "")) for path in paths]
    alike = Counter(folded(one.claims[0].handle) for one in found if _is_folder(one.path))
    for one in found:
        claim = one.claims[0]
        if _is_folder(one.path) and alike[folded(claim.handle)] > 1:
            one = replace(one, claims=(replace(claim, number=one.path.name),))
        yield one


def _plain(path: Path, problem: str) -> Found:
    """Return the submission that a file or folder is, named after its student."""
    folder = stat.S_ISDIR(mode(path))
    handle = tidy(path.name if folder else path.stem)
    doubtful = not folder and path.suffix.lower() not in _HANDINS
    claim = Claim(handle=handle, number="" if handle else path.name)
    return Found((claim,), path, path.name, problem=problem, doubtful=doubtful)


def _is_folder(path: Path) -> bool:
    return stat.S_ISDIR(mode(path))
