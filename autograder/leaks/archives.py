"""Archives: a zip wherever in a file it lies, and a tar."""

from __future__ import annotations

import io
import lzma
import re
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator

from autograder.leaks.piece import Piece, Room, closed

_BROKEN = (zipfile.BadZipFile, tarfile.TarError, zlib.error, lzma.LZMAError, EOFError)
_END = b"PK\5\6"
# An entry: its mark, a version, flags, and a way of packing that there is.
_ENTRY = re.compile(
    rb"PK\x03\x04[\x00-\x3f][\x00-\x14]..[\x00\x08\x09\x0c\x0e\x5d\x5f-\x63]\x00", re.S
)
# How many lists of contents are looked for in one file.
_LISTS = 16


def archived(piece: Piece, room: Room) -> Iterator[Piece]:
    """Yield the files of a zip (a wheel, a spreadsheet) or a tar."""
    if piece.data[257:262] == b"ustar":
        yield from _tarred(piece, room)
    elif _ENTRY.search(piece.data):
        yield from _zips(piece, room)


def _zips(piece: Piece, room: Room) -> Iterator[Piece]:
    """Yield the files of every zip in a piece, and say where one has entries that none lists.

    Other bytes may stand before a zip and behind it: the last list of contents is not all.
    """
    data = piece.data
    seen: list[tuple[int, int]] = []
    end, count = data.rfind(_END), 0
    while end >= 0 and count < _LISTS:
        if not _within(end, seen):
            stop = end + 22 + int.from_bytes(data[end + 20 : end + 22], "little")
            yield from _listed(piece, data[:stop], room, seen)
            count += 1
        end = data.rfind(_END, 0, end)
    if not all(_within(found.start(), seen) for found in _ENTRY.finditer(data)):
        yield closed(piece, "a zip cannot be read: it does not list all that it holds", room)


def _listed(piece: Piece, data: bytes, room: Room, seen: list[tuple[int, int]]) -> Iterator[Piece]:
    """Yield the files of the zip that ends where `data` does, and note where they lie."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as bundle:
            for entry in bundle.infolist():
                first = entry.header_offset
                head = 30 + sum(
                    int.from_bytes(data[first + at : first + at + 2], "little") for at in (26, 28)
                )
                seen.append((first, first + head + entry.compress_size))
                yield _member(piece, entry.filename, bundle.open(entry).read, room)
    except (OSError, ValueError, RuntimeError, *_BROKEN) as error:
        yield closed(piece, f"a zip cannot be read: {str(error)[:200]}", room)
        seen.append((0, len(data)))


def _within(place: int, spans: list[tuple[int, int]]) -> bool:
    return any(first <= place < last for first, last in spans)


def _tarred(piece: Piece, room: Room) -> Iterator[Piece]:
    try:
        with tarfile.open(fileobj=io.BytesIO(piece.data), mode="r:") as bundle:
            for item in bundle:
                if (file := bundle.extractfile(item)) is not None:
                    yield _member(piece, item.name, file.read, room)
                else:
                    room.take(0)
    except (OSError, ValueError, *_BROKEN) as error:
        yield closed(piece, f"a tar cannot be read: {str(error)[:200]}", room)


def _member(piece: Piece, name: str, read: Callable[[int], bytes], room: Room) -> Piece:
    data = read(max(room.size, 0) + 1)
    room.take(len(data))
    return Piece(name, data, f"{piece.inside}in {name}, ")
