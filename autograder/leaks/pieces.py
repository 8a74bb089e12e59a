"""What goes out, taken apart: archives, notebooks and encoded blocks down to a small depth."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from autograder.leaks.archives import archived
from autograder.leaks.encoded import decoded
from autograder.leaks.pdf import shown
from autograder.leaks.piece import Piece, Room, TooMuch, inner
from autograder.leaks.streams import compressed, sealed

DEPTH = 4


def pieces(path: str, data: bytes) -> Iterator[Piece]:
    """Yield a file and everything in it; raises TooMuch where that does not end."""
    room = Room()
    waiting = [(Piece(path, data), DEPTH)]
    while waiting:
        piece, depth = waiting.pop(0)
        yield piece
        if depth:
            for found in _opened(piece, room):
                waiting.append((found, depth - 1))
        elif any(True for _ in _opened(piece, room)):
            raise TooMuch


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


def _opened(piece: Piece, room: Room) -> Iterator[Piece]:
    """Yield what lies in a piece, and what says that something in it is closed."""
    yield from archived(piece, room)
    yield from compressed(piece, room)
    yield from sealed(piece, room)
    if b"%PDF-" in piece.data[:1024]:
        yield from shown(piece, room)
    if piece.kind == "file" and (book := notebook_of(piece.data)) is not None:
        yield from _cells(piece, book, room)
        return
    if piece.kind == "file" and piece.data[:1] in (b"{", b"["):
        words = "\n".join(_strings(_json(piece.data)))
        if words:
            yield inner(piece, "in its texts, ", words.encode("utf-8", "replace"), room, "text")
    for where, data in decoded(piece.whole):
        yield inner(piece, where, data, room)


def _cells(piece: Piece, book: dict[str, Any], room: Room) -> Iterator[Piece]:
    for number, cell in enumerate(book["cells"], 1):
        if not isinstance(cell, dict):
            continue
        kind = "cell" if cell.get("cell_type") == "code" else "text"
        source = joined(cell.get("source"))
        yield inner(piece, f"cell {number}, ", source.encode("utf-8", "replace"), room, kind)
        rest = {key: value for key, value in cell.items() if key != "source"}
        words = "\n".join(_strings(rest)).encode("utf-8", "replace")
        yield inner(piece, f"cell {number}, beside its source, ", words, room, "output")
    metadata = "\n".join(_strings({k: v for k, v in book.items() if k != "cells"}))
    yield inner(piece, "metadata, ", metadata.encode("utf-8", "replace"), room, "output")


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
