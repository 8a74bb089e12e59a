"""Compressed streams, as far as they can be unpacked, and files that nobody here can open."""

from __future__ import annotations

import bz2
import lzma
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

from autograder.leaks.piece import Piece, Room, TooMuch, closed, inner

CHUNK = 1 << 16
# What no zlib stream is may still unpack to so many bytes.
CHANCE = 32
# How many streams may follow each other in one file.
_STREAMS = 64


class Unpacking(Protocol):
    """A stream being unpacked, as the standard library has it for each format."""

    @property
    def eof(self) -> bool: ...

    @property
    def unused_data(self) -> bytes: ...

    def decompress(self, data: bytes, max_length: int, /) -> bytes: ...


@dataclass(frozen=True)
class Format:
    """A format of streams and how it begins."""

    name: str
    start: bytes
    unpacking: Callable[[], Unpacking]


FORMATS = (
    Format("gzip", b"\x1f\x8b\x08", lambda: zlib.decompressobj(31)),
    Format("bzip2", b"BZh", bz2.BZ2Decompressor),
    Format("xz", b"\xfd7zXZ\0", lzma.LZMADecompressor),
    Format("lzma", b"]\0\0", lambda: lzma.LZMADecompressor(lzma.FORMAT_ALONE)),
    *(Format("zlib", b"\x78" + bytes([n]), zlib.decompressobj) for n in (0x01, 0x5E, 0x9C, 0xDA)),
)
SEALED = {
    b"7z\xbc\xaf\x27\x1c": "a 7z archive",
    b"Rar!\x1a\x07": "a RAR archive",
    b"\x28\xb5\x2f\xfd": "a zstd stream",
    b"\x04\x22\x4d\x18": "an lz4 stream",
    b"\x02\x21\x4c\x18": "an lz4 stream",
    b"\x89LZO\0": "an lzop stream",
    b"LZIP\1": "an lzip stream",
    b"\x1f\x9d\x90": "a compress stream",
    b"MSCF\0\0\0\0": "a cabinet",
    b"xar!\0": "an xar archive",
    b"hsqs": "a squashfs image",
    b"Salted__": "an encrypted file",
    b"age-encryption.org/": "an encrypted file",
    b"-----BEGIN PGP MESSAGE": "an encrypted file",
    b"-----BEGIN AGE ENCRYPTED": "an encrypted file",
}
_SKIPPED = tuple(bytes([n]) + b"\x2a\x4d\x18" for n in range(0x50, 0x60))


def starts_closed(data: bytes) -> bool:
    """Tell whether a file would have to be unpacked before it can be looked through."""
    return data.startswith((b"PK\3\4", *(f.start for f in FORMATS[:3]), *SEALED, *_SKIPPED))


def sealed(piece: Piece, room: Room) -> Iterator[Piece]:
    """Yield what says that a piece cannot be opened, by how it begins."""
    data = piece.data
    what = next((name for start, name in SEALED.items() if data.startswith(start)), "")
    if what or data.startswith(_SKIPPED):
        yield closed(piece, f"{what or 'a zstd stream'} cannot be opened", room)


def compressed(piece: Piece, room: Room) -> Iterator[Piece]:
    """Yield what a gzip, bzip2, xz, lzma or zlib stream unpacks to, and what stands behind it.

    A stream that breaks off gives what it gave until then, and is said to be closed.
    """
    form = next((f for f in FORMATS if piece.data.startswith(f.start)), None)
    if form is None:
        return
    data, out, why = piece.data, b"", ""
    for _ in range(_STREAMS):
        unpacked, data, why = unpack(form.unpacking, data, max(room.size - len(out), 0))
        out += unpacked
        if why or not data.startswith(form.start):
            break
    if why and ((not out and _is_text(piece.data)) or (form.name == "zlib" and len(out) < CHANCE)):
        return  # A text may begin with the letters of a format, and anything with those of zlib.
    yield inner(piece, "unpacked, ", out, room)
    if why:
        yield closed(piece, f"{form.name} cannot be unpacked: {why[:200]}", room)
    elif data.strip(b"\0"):
        yield inner(piece, "behind a stream, ", data, room)


def unpack(make: Callable[[], Unpacking], data: bytes, most: int) -> tuple[bytes, bytes, str]:
    """Return what one stream gives, what stands behind it, and why it broke off, if it did.

    Raises TooMuch where it gives more than `most`.
    """
    parts: list[bytes] = []
    size = 0
    try:
        stream = make()
        for start in range(0, len(data), CHUNK):
            part = stream.decompress(data[start : start + CHUNK], most - size + 1)
            parts.append(part)
            size += len(part)
            if size > most:
                raise TooMuch
            if stream.eof:
                return b"".join(parts), stream.unused_data + data[start + CHUNK :], ""
    except (zlib.error, lzma.LZMAError, OSError, ValueError, EOFError) as error:
        return b"".join(parts), b"", str(error)
    return b"".join(parts), b"", "it ends too early"


def _is_text(data: bytes) -> bool:
    try:
        return b"\0" not in data and bool(data.decode())
    except UnicodeDecodeError:
        return False
