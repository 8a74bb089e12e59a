"""A piece of what goes out, its text, and the room that one file may take when it is opened."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

# All that one file may unpack to, in bytes and in pieces; beyond that it is not looked through.
ROOM, COUNT = 32 << 20, 4000
# The longest text that is searched; of a longer one it is said that nobody searched it.
TEXT_LIMIT = 4 << 20
_PRINTED = re.compile(rb"[\t\n\r\x20-\x7e]{32,}")
# Letters of two bytes or four, in either order: no mark of the encoding need stand before them.
_WIDE = re.compile(
    rb"(?:[\t\n\r\x20-\x7e]\0){32,}[\t\n\r\x20-\x7e]?"
    rb"|(?:[\t\n\r\x20-\x7e]\0{3}){32,}[\t\n\r\x20-\x7e]?"
)
_BLOCK = re.compile(r"[A-Za-z0-9+/_-]{4096,}={0,2}")


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
    def whole(self) -> str:
        """The text of a piece; of a binary one its longer stretches of plain letters."""
        data = self.data
        if data.startswith((b"\xff\xfe", b"\xfe\xff")):
            # Bytes that begin so by chance have other letters in them.
            wide = data.decode("utf-16", "replace").replace("\0", "")
            return "\n".join([wide, *(text.decode("ascii") for text in _PRINTED.findall(data))])
        if b"\0" in data:
            found = [*_PRINTED.findall(data), *(_narrow(w) for w in _WIDE.findall(data))]
            return "\n".join(text.decode("ascii") for text in found)
        return data.decode("utf-8", "replace").removeprefix("\ufeff")

    @cached_property
    def text(self) -> str:
        """The text to search: of a long one without encoded blocks, which are opened apart."""
        text = self.whole
        return text if len(text) <= TEXT_LIMIT else _BLOCK.sub("", text)

    @property
    def too_large(self) -> bool:
        return len(self.text) > TEXT_LIMIT


class TooMuch(Exception):
    """A file unpacks to more than can be looked through."""


@dataclass
class Room:
    """What may still be unpacked of one file."""

    size: int = ROOM
    count: int = COUNT

    def take(self, size: int) -> None:
        self.size -= size
        self.count -= 1
        if self.size < 0 or self.count < 0:
            raise TooMuch


def inner(piece: Piece, where: str, data: bytes, room: Room, kind: str = "file") -> Piece:
    """Return what lies in a piece, its size taken from the room."""
    room.take(len(data))
    return Piece("", data, piece.inside + where, kind)


def closed(piece: Piece, why: str, room: Room) -> Piece:
    """Return the piece that stands for what could not be opened."""
    return inner(piece, f"({why}) ", b"", room, "closed")


def _narrow(wide: bytes) -> bytes:
    return wide.replace(b"\0", b"")
