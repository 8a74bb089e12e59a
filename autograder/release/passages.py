"""A handout cut into passages, each with the question that it speaks of.

A passage begins at a heading that names a question, as in `## The network (q1, 20 points)`, or
at a paragraph whose bold beginning does, as in `**q1, the matrix (15).** ...`. One that names
several belongs to the first of them. What stands under a heading before its first question
belongs to that question too; everything else is said at the start.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

START = -1

_HEADING = re.compile(r"(#{1,6})\s+(.*)")
_BOLD = re.compile(r"\*\*([^*]+)\*\*")
_FENCE = re.compile(r" {0,3}(```+|~~~+)")


@dataclass(frozen=True)
class _Piece:
    """A heading (of a level from 1) or a bold paragraph (7), with all lines up to the next."""

    level: int
    question: int | None
    lines: tuple[str, ...]


def passages(text: str, questions: Sequence[str]) -> tuple[str, dict[int, str]]:
    """Return the title with its introduction, and the rest by question (START: by none).

    Every line that is not blank comes back once.
    """
    pieces = list(_pieces(text, questions))
    places = [_place(pieces, number) for number in range(len(pieces))]
    first: list[str] = []
    rest: dict[int, list[str]] = {}
    for number, (piece, at) in enumerate(zip(pieces, places, strict=True)):
        opening = number == 0 and at == START and piece.level <= 1
        (first if opening else rest.setdefault(at, [])).extend(piece.lines)
    texts = {at: _trimmed(rest[at]) for at in sorted(rest)}
    return _trimmed(first), {at: said for at, said in texts.items() if said}


def _trimmed(lines: list[str]) -> str:
    return re.sub(r"\A(?:[ \t]*\n)+", "", "\n".join(lines)).rstrip()


def _pieces(text: str, questions: Sequence[str]) -> Iterator[_Piece]:
    level, question, lines = 0, None, list[str]()
    fence, fresh = "", True  # fresh: a paragraph may begin here
    for line in text.replace("\r\n", "\n").split("\n"):
        heading = None if fence else _HEADING.match(line)
        bold = _BOLD.match(line) if fresh and not fence else None
        named = _named(heading[2] if heading else bold[1] if bold else "", questions)
        if heading or named is not None:
            if lines:
                yield _Piece(level, question, tuple(lines))
            level, question, lines = len(heading[1]) if heading else 7, named, []
        lines.append(line)
        fence = _fenced(line, fence)
        fresh = not line.strip() or bool(heading)
    if lines:
        yield _Piece(level, question, tuple(lines))


def _fenced(line: str, fence: str) -> str:
    """Return the fence that is open behind a line, "" for none."""
    found = _FENCE.match(line)
    if fence:
        return "" if found and found[1].startswith(fence) else fence
    return found[1] if found else ""


def _named(text: str, questions: Sequence[str]) -> int | None:
    found = [questions.index(word) for word in re.findall(r"\w+", text) if word in questions]
    return min(found) if found else None


def _place(pieces: list[_Piece], number: int) -> int:
    """Return the question that a piece belongs to, or START."""
    piece = pieces[number]
    if piece.question is not None:
        return piece.question
    if piece.level > 1:
        for below in pieces[number + 1 :]:
            if below.level <= piece.level:
                break
            if below.question is not None:
                return below.question
    for above in reversed(pieces[:number]):
        if above.level < piece.level:
            return above.question if above.question is not None and above.level < 7 else START
    return START
