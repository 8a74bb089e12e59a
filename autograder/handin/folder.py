"""List the regular files of a folder, level by level, without following a link."""

from __future__ import annotations

import os
import stat
from collections.abc import Set
from functools import partial
from itertools import islice
from pathlib import Path
from typing import IO

from autograder.handin.entries import (
    Entry,
    Listing,
    SubmissionError,
    is_junk,
    listed,
    open_regular,
    shown,
)

MOST_ENTRIES = 20_000
DEEPEST = 8


def list_folder(folder: Path, wanted: Set[str]) -> Listing:
    """Return the regular files below `folder`, the top first.

    Stops when all `wanted` names were seen at the top, after 8 levels, or before a level
    that would pass 20,000 entries: a work folder may hold a data set.
    Raises SubmissionError when the folder itself cannot be read or is too full.
    """
    entries: list[Entry] = []
    odd: list[str] = []
    level, left = [""], MOST_ENTRIES
    for depth in range(DEEPEST):
        items = [item for inside in level for item in _scan(folder, inside, left)]
        left -= len(items)
        if left < 0:
            return Listing(tuple(entries), (*_odd_note(odd), _full_note(depth)))
        files, level, others = _sort_out(folder, items)
        entries += files
        odd += others
        if not level or (depth == 0 and wanted <= {entry.name for entry in files}):
            break
    return Listing(tuple(entries), _odd_note(odd))


def list_file(path: Path) -> Listing:
    """Return the one regular file at `path`."""
    return Listing((_entry(path, path.name, os.lstat(path)),))


def _odd_note(odd: list[str]) -> tuple[str, ...]:
    return (f"Left out, because only real files are read: {listed(odd)}.",) if odd else ()


def _full_note(depth: int) -> str:
    if not depth:
        raise SubmissionError(
            f"This folder holds more than {MOST_ENTRIES:,} files. "
            "Give the folder that holds just your work."
        )
    return (
        f"Only {depth} levels of folders were looked at: "
        f"further down are more than {MOST_ENTRIES:,} files."
    )


def _scan(folder: Path, inside: str, most: int) -> list[str]:
    """Return the paths in one folder, sorted, at most one more than `most` of them."""
    try:
        with os.scandir(folder / inside) as items:
            return sorted(f"{inside}{item.name}" for item in islice(items, most + 1))
    except OSError as error:
        if inside:
            return []
        raise SubmissionError(
            f"The folder {shown(folder.name)} cannot be read: {error.strerror or error}."
        ) from error


def _sort_out(folder: Path, paths: list[str]) -> tuple[list[Entry], list[str], list[str]]:
    """Return the files, the folders worth a look, and what is neither."""
    files: list[Entry] = []
    folders: list[str] = []
    odd: list[str] = []
    for path in paths:
        known = _lstat(folder / path)
        if known is None or is_junk(path):
            continue
        if stat.S_ISREG(known.st_mode):
            files.append(_entry(folder / path, path, known))
        elif not stat.S_ISDIR(known.st_mode):
            odd.append(path)
        elif not _lstat(folder / path / "pyvenv.cfg"):
            folders.append(f"{path}/")
    return files, folders, odd


def _lstat(path: Path) -> os.stat_result | None:
    try:
        return os.lstat(path)
    except OSError:
        return None


def _entry(path: Path, inside: str, known: os.stat_result) -> Entry:
    return Entry(inside, known.st_size, partial(_open, path, known))


def _open(path: Path, known: os.stat_result) -> IO[bytes]:
    return os.fdopen(open_regular(path, known), "rb")
