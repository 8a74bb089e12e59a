"""What goes out, taken apart: archives, notebooks and encoded blocks down to a small depth."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import re
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import IO, Any

from autograder.leaks.encoded import decoded

DEPTH = 4
# All that one file may unpack to, in bytes and in pieces; beyond that it is not looked through.
ROOM, COUNT = 32 << 20, 4000
TEXT_LIMIT = 4 << 20
_ARCHIVES = (b"PK\x03\x04", b"\x1f\x8b", b"BZh", b"\xfd7zXZ\0")
_BROKEN = (zipfile.BadZipFile, tarfile.TarError, zlib.error, lzma.LZMAError, EOFError)
_PRINTED = re.compile(rb"[\t\n\r\x20-\x7e]{32,}")


@dataclass(frozen=True)
class Piece:
    """A file, or something in one; `path` is its path where it has one.

    `inside` says where it lies ("cell 3, "); `kind` is file, cell, text, output or closed.
    """

    path: str
    data: bytes
    inside: str = ""
    kind: str = "file"

    @property
    def name(self) -> str:
        return self.path.replace("\\", "/").rpartition("/")[2].lower()

    @cached_property
    def text(self) -> str:
        """The text of a piece; of a binary one its longer stretches of plain letters."""
        data = self.data[:TEXT_LIMIT]
        if data.startswith((b"\xff\xfe", b"\xfe\xff")):
            return data.decode("utf-16", "replace")
        if b"\0" in data:
            return "\n".join(found.decode("ascii") for found in _PRINTED.findall(data))
        return data.decode("utf-8", "replace").removeprefix("\ufeff")


class TooMuch(Exception):
    """A file unpacks to more than can be looked through."""


@dataclass
class _Room:
    """What may still be unpacked of one file."""

    size: int = ROOM
    count: int = COUNT

    def take(self, size: int) -> None:
        self.size -= size
        self.count -= 1
        if self.size < 0 or self.count < 0:
            raise TooMuch


def pieces(path: str, data: bytes) -> Iterator[Piece]:
    """Yield a file and everything in it; raises TooMuch where that does not end."""
    room = _Room()
    waiting = [(Piece(path, data), DEPTH)]
    while waiting:
        piece, depth = waiting.pop(0)
        yield piece
        if depth:
            for inner in _opened(piece, room, nested=depth > 1):
                waiting.append((inner, depth - 1))


def notebook_of(data: bytes) -> dict[str, Any] | None:
    """Return the notebook that `data` is, or None."""
    if b'"cells"' not in data:
        return None
    found = _json(data)
    return found if isinstance(found, dict) and isinstance(found.get("cells"), list) else None


def joined(source: Any) -> str:
    """Return a notebook's text, which may be a list of lines."""
    if isinstance(source, list):
        return "".join(line for line in source if isinstance(line, str))
    return source if isinstance(source, str) else ""


def _opened(piece: Piece, room: _Room, nested: bool) -> Iterator[Piece]:
    """Yield what lies in a piece; `nested` tells whether archives may still be opened."""
    if nested:
        yield from _archived(piece, room)
        yield from _compressed(piece, room)
    elif piece.data.startswith(_ARCHIVES):
        raise TooMuch
    if len(piece.data) > TEXT_LIMIT:
        return
    if piece.kind == "file" and (book := notebook_of(piece.data)) is not None:
        yield from _cells(piece, book, room)
    elif piece.kind == "file" and piece.data[:1] in (b"{", b"["):
        words = "\n".join(_strings(_json(piece.data)))
        if words:
            yield _inner(piece, "in its texts, ", words.encode("utf-8", "replace"), room, "text")
    for where, data in decoded(piece.text):
        yield _inner(piece, where, data, room)


def _inner(piece: Piece, where: str, data: bytes, room: _Room, kind: str = "file") -> Piece:
    room.take(len(data))
    return Piece("", data, piece.inside + where, kind)


def _archived(piece: Piece, room: _Room) -> Iterator[Piece]:
    """Yield the files of a zip (a wheel, a spreadsheet) or a tar."""
    data = piece.data
    if b"PK\x05\x06" in data[-70000:] and zipfile.is_zipfile(io.BytesIO(data)):
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as bundle:
                for entry in bundle.infolist():
                    yield _member(piece, entry.filename, bundle.open(entry).read, room)
        except (OSError, ValueError, RuntimeError, *_BROKEN) as e:
            yield _unopened(piece, e, room)
    elif data[257:262] == b"ustar":
        try:
            with tarfile.open(fileobj=io.BytesIO(data), mode="r:") as bundle:
                for item in bundle:
                    if (file := bundle.extractfile(item)) is not None:
                        yield _member(piece, item.name, file.read, room)
                    else:
                        room.take(0)
        except (OSError, ValueError, *_BROKEN) as e:
            yield _unopened(piece, e, room)


def _unopened(piece: Piece, error: BaseException, room: _Room) -> Piece:
    room.take(0)
    return Piece("", b"", f"{piece.inside}(an archive that cannot be read: {error}) ", "closed")


def _member(piece: Piece, name: str, read: Callable[[int], bytes], room: _Room) -> Piece:
    data = read(max(room.size, 0) + 1)
    room.take(len(data))
    return Piece(name, data, f"{piece.inside}in {name}, ")


def _compressed(piece: Piece, room: _Room) -> Iterator[Piece]:
    """Yield what a gzip, bzip2, xz or zlib stream unpacks to."""
    data = piece.data
    opened: dict[bytes, Callable[[IO[bytes]], Any]] = {
        b"\x1f\x8b": gzip.open,
        b"BZh": bz2.open,
        b"\xfd7zXZ\0": lzma.open,
    }
    for magic, opener in opened.items():
        if data.startswith(magic):
            try:
                with opener(io.BytesIO(data)) as stream:
                    unpacked = stream.read(max(room.size, 0) + 1)
            except (OSError, ValueError, *_BROKEN):
                return
            yield _inner(piece, "unpacked, ", unpacked, room)
    if data[:1] == b"\x78" and len(data) > 8:
        try:
            unpacked = zlib.decompressobj().decompress(data, max(room.size, 0) + 1)
        except zlib.error:
            return
        yield _inner(piece, "unpacked, ", unpacked, room)


def _cells(piece: Piece, book: dict[str, Any], room: _Room) -> Iterator[Piece]:
    for number, cell in enumerate(book["cells"], 1):
        if not isinstance(cell, dict):
            continue
        kind = "cell" if cell.get("cell_type") == "code" else "text"
        source = joined(cell.get("source"))
        yield _inner(piece, f"cell {number}, ", source.encode("utf-8", "replace"), room, kind)
        rest = {key: value for key, value in cell.items() if key != "source"}
        words = "\n".join(_strings(rest)).encode("utf-8", "replace")
        yield _inner(piece, f"cell {number}, beside its source, ", words, room, "output")
    metadata = "\n".join(_strings({k: v for k, v in book.items() if k != "cells"}))
    yield _inner(piece, "metadata, ", metadata.encode("utf-8", "replace"), room, "output")


def _strings(data: Any) -> Iterator[str]:
    """Yield every text of some JSON, lists of lines joined."""
    waiting = [data]
    while waiting:
        value = waiting.pop()
        if isinstance(value, str):
            yield value
        elif isinstance(value, list) and value and all(isinstance(v, str) for v in value):
            yield ("" if value[0].endswith("\n") else "\n").join(value)
        elif isinstance(value, list):
            waiting += reversed(value)
        elif isinstance(value, dict):
            yield from (key for key in value if isinstance(key, str) and len(key) > 12)
            waiting += reversed(list(value.values()))


def _json(data: bytes) -> Any:
    try:
        return json.loads(data.decode("utf-8-sig", "replace"))
    except (ValueError, RecursionError):
        return None
