"""The files of an assignment's two folders, and the one rule of what among them is litter."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from autograder.handin.entries import is_junk

_COMPILED = "__pycache__"


class Linked(ValueError):
    """A link lies where files are packed: what it points to may be anything."""


def files(folder: Path) -> Iterator[tuple[str, Path]]:
    """Yield each file and link with its path inside `folder`, in order; litter is passed over.

    Litter is what is litter in a hand-in too: what is hidden, and what tools leave behind.
    """
    return ((name, path) for name, path in _walk(folder) if not is_junk(name))


def all_files(folder: Path) -> Iterator[tuple[str, Path]]:
    """Yield each file with its path inside `folder`, in order, but what Python compiled.

    Hidden files and copies that an editor kept are among them: they tell what the file told.
    """
    for name, path in _walk(folder):
        compiled = _COMPILED in name.split("/") or name.endswith(".pyc")
        if path.is_file() and not compiled:
            yield name, path


def contents(found: Iterable[tuple[str, Path]]) -> Iterator[tuple[str, bytes]]:
    """Yield the bytes of each file that is to be packed; raises Linked for a link."""
    for name, path in found:
        if path.is_symlink():
            raise Linked(f"{name} is a link. Put the file itself there, or take it away")
        yield name, path.read_bytes()


def _walk(folder: Path) -> Iterator[tuple[str, Path]]:
    for path in sorted(folder.rglob("*")):
        if path.is_symlink() or path.is_file():
            yield path.relative_to(folder).as_posix(), path
