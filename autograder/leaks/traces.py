"""What has no place in a release whatever the assignment: traces of a machine and of tools."""

from __future__ import annotations

import getpass
import re
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from autograder.leaks.piece import Piece
from autograder.leaks.pieces import notebook_of

SECRET_NAMES = {
    "test_hidden.py": "the hidden checks",
    "__pycache__": "compiled Python",
    ".git": "the history of the course",
    ".hg": "the history of the course",
    ".svn": "the history of the course",
    ".ipynb_checkpoints": "an earlier state of a notebook",
    "solutions": "the solutions",
    "wrong": "the known mistakes",
    "right": "other right answers",
}
_COMPILED = (".pyc", ".pyo")
_HOMES = (
    re.compile(r"(?<![\w.:/-])/(?:home|Users)/[\w.-]*[\w-]/?"),
    re.compile(r"\b[A-Za-z]:[\\/]{1,4}Users[\\/]{1,4}[\w. -]+[\\/]"),
)
_MARKER = re.compile(r"^[ \t]*# (?:BEGIN|END) SOLUTION[ \t]*$", re.M)
_CONFLICT = re.compile(r"^(?:<{7} .*|>{7} .*|\|{7} .*)$", re.M)
_NOTEBOOK = {
    "kernelspec": {"name", "display_name", "language"},
    "language_info": {"name"},
    "accelerator": set[str](),
}
_CELL = {"tags", "deletable", "editable"}


def names(piece: Piece) -> Iterator[str]:
    """Say which part of a path has no place in a release."""
    parts = [part.lower() for part in piece.path.replace("\\", "/").split("/")]
    for part in dict.fromkeys(parts):
        if part in SECRET_NAMES:
            yield f"has {part!r} in its path: that is where {SECRET_NAMES[part]} lie. Take it away"
    if parts[-1].endswith(_COMPILED):
        yield "is compiled Python, which gives its source away. Delete it"


def markers(text: str) -> Iterator[tuple[int, str]]:
    """Yield the line of the first marker that stands around solutions in a master."""
    found = _MARKER.search(text)
    if found:
        line = text.count("\n", 0, found.start()) + 1
        yield line, "has a marker of solutions: cut what stands between the markers, and them too"


def compiled(data: bytes) -> bool:
    """Tell whether a file is compiled Python under any name, by its first bytes."""
    magic = int.from_bytes(data[:2], "little")
    headed = data[2:4] == b"\r\n" and 3000 <= magic < 4500 and len(data) >= 16
    return headed or data[:5] == b"\xe3\0\0\0\0"


def of_git(data: bytes) -> bool:
    """Tell whether a file is an object, a pack, an index or a head of git."""
    if data.startswith((b"PACK\0\0\0", b"DIRC\0\0\0", b"\xfftOc\0\0\0")):
        return True
    if data[:1] == b"\x78":
        try:
            start = zlib.decompressobj().decompress(data[:512], 16)
        except zlib.error:
            return False
        return start.startswith((b"blob ", b"tree ", b"commit ", b"tag "))
    return data.startswith((b"ref: refs/", b"gitdir: ", b"[core]\n\trepo"))


def content(piece: Piece) -> Iterator[str]:
    """Say what a piece is by its bytes: compiled, of git, in conflict, a notebook that ran."""
    if compiled(piece.data) and not piece.name.endswith(_COMPILED):
        yield f"{piece.inside}is compiled Python, which gives its source away. Delete it"
    if of_git(piece.data):
        yield f"{piece.inside}is data of git, which may hold any file there ever was. Delete it"
    if (book := notebook_of(piece.data)) is not None and piece.kind == "file":
        yield from (piece.inside + says for says in _notebook(book))


def of_machine(text: str, own: tuple[str, ...]) -> Iterator[tuple[int, str]]:
    """Yield (line, sentence) of somebody's folders and of conflicts; `own` are our folders."""
    for line, path in _paths(text, own):
        yield line, f"names a folder of somebody's computer, {path}. Take it out"
    found = list(_CONFLICT.finditer(text))
    if len({marker[0][0] for marker in found}) > 1:
        marker = found[0]
        says = f"holds a conflict that was never resolved: {marker[0][:40]}. Resolve it"
        yield _line_of(text, marker.start()), says


def _paths(text: str, own: tuple[str, ...]) -> Iterator[tuple[int, str]]:
    """Yield (line, path) of the folders of somebody's machine, each once."""
    said = set[str]()
    plain = text.replace("\\\\", "\\")
    for pattern in _HOMES:
        for found in pattern.finditer(plain):
            if found[0] not in said:
                said.add(found[0])
                yield _line_of(plain, found.start()), found[0]
    for folder in own:
        known = any(folder.startswith(other.rstrip("/\\")) for other in said)
        place = re.search(rf"(?<![\w.-]){re.escape(folder)}(?![\w-]|\.\w)", plain)
        if place and not known:
            said.add(folder)
            yield _line_of(plain, place.start()), folder


def own_paths(root: Path) -> tuple[str, ...]:
    """Return the folders of this machine that would tell who made a release, and where."""
    folders = {str(root), str(root.resolve()), str(Path.cwd())}
    try:
        home = str(Path.home())
        folders.add(home)
        login = getpass.getuser()
    except (RuntimeError, KeyError, OSError, ImportError):
        login = ""
    if len(login) > 2 and login != "root":
        folders |= {f"/{top}/{login}" for top in ("scratch", "export", "mnt", "media", "srv", "u")}
    # A folder right below the top, such as /root, is on every machine and names nobody.
    named = (folder for folder in folders if folder.count("/") > 1 or "\\" in folder)
    return tuple(sorted(named, key=len))


def _line_of(text: str, offset: int) -> int:
    return text.count("\n", 0, offset) + 1


def _notebook(book: dict[str, Any]) -> Iterator[str]:
    """Say what a notebook keeps of the machine that ran it."""
    ran, said, extra = [], [], list[str]()
    for number, cell in enumerate(book["cells"], 1):
        if not isinstance(cell, dict):
            continue
        ran += [number] if cell.get("execution_count") is not None else []
        said += [number] if cell.get("outputs") or cell.get("attachments") else []
        extra += [f"{key} (cell {number})" for key in _keys(cell.get("metadata"), _CELL)]
    clean = "Clear all outputs and save it again"
    if said:
        yield f"holds the output of cell {said[0]}: what the solution printed may be there. {clean}"
    if ran:
        yield f"counts the runs of cell {ran[0]}. {clean}"
    metadata = book.get("metadata")
    extra += _keys(metadata, set(_NOTEBOOK))
    if isinstance(metadata, dict):
        for key in ("kernelspec", "language_info"):
            extra += [f"{key}.{inner}" for inner in _keys(metadata.get(key), _NOTEBOOK[key])]
    if extra:
        yield f"holds metadata that nobody needs: {', '.join(extra[:4])[:200]}. Take it out"


def _keys(metadata: Any, allowed: set[str]) -> list[str]:
    return (
        sorted(str(k) for k in metadata if k not in allowed) if isinstance(metadata, dict) else []
    )
