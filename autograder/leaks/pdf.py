"""The streams of a PDF, and the words that its pages show."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator

from autograder.leaks.piece import Piece, Room, closed, inner
from autograder.leaks.streams import unpack

_STREAM = re.compile(rb"stream\r?\n")
_END = b"endstream"
# What stands between two texts of a page: a new line, or only the space between two letters.
_SHOWN = re.compile(rb"\(((?:[^()\\]|\\.)*)\)|(T[dDm*]|ET|['\"])(?![A-Za-z*])", re.S)
_ESCAPED = re.compile(rb"\\([0-7]{1,3}|\r?\n|.)", re.S)
_LETTERS = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"", b"f": b""}
_SHUT = (b"/LZWDecode", b"/ASCII85Decode", b"/ASCIIHexDecode", b"/RunLengthDecode", b"/Crypt")


def shown(piece: Piece, room: Room) -> Iterator[Piece]:
    """Yield each stream of a PDF unpacked, and its words line by line.

    An encrypted PDF, and a stream that is packed in another way or broken, are closed.
    """
    data = piece.data
    if b"/Encrypt" in data:
        yield closed(piece, "an encrypted PDF cannot be opened", room)
        return
    for number, found in enumerate(_STREAM.finditer(data), 1):
        if data[found.start() - 3 : found.start()] == b"end":
            continue
        head = data[max(data.rfind(b"obj", 0, found.start()), 0) : found.start()]
        stop = data.find(_END, found.end())
        body = data[found.end() : stop if stop >= 0 else len(data)]
        where = f"stream {number} of the PDF, "
        if any(filter in head for filter in _SHUT):
            yield closed(piece, f"{where}packed in a way that cannot be opened", room)
        elif b"/FlateDecode" in head or b"/Fl " in head:
            body, _, why = unpack(zlib.decompressobj, body, max(room.size, 0))
            yield inner(piece, where, body, room)
            if why:
                yield closed(piece, f"{where}cannot be unpacked: {why[:200]}", room)
        if words := _words(body):
            yield inner(piece, f"on a page, {where}", words, room, "text")


def _words(body: bytes) -> bytes:
    """Return the texts that a page shows, those of one line together."""
    if b"BT" not in body or b"ET" not in body:
        return b""
    parts = []
    for found in _SHOWN.finditer(body):
        text = None if found[2] else _ESCAPED.sub(_plain, found[1])
        parts.append(b"\n" if text is None else text)
    return b"".join(parts)


def _plain(found: re.Match[bytes]) -> bytes:
    sign = found[1]
    if sign[:1].isdigit():
        return bytes([int(sign, 8) & 255]) if sign[:1] in b"01234567" else sign
    return _LETTERS.get(sign, b"" if sign.endswith(b"\n") else sign)
