"""Text set into cells: widths, wrapping, frames and colour for a terminal."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from autograder.show.screen import Screen

_CODES = {
    "passed": "32",
    "failed": "31",
    "waiting": "33",
    "skipped": "36",
    "error": "35",
    "person": "35",
    "bold": "1",
    "dim": "2",
}
_MARKS = {
    "passed": ("✔", "+"),
    "failed": ("✘", "x"),
    "waiting": ("–", "-"),
    "skipped": ("○", "o"),
    "error": ("!", "!"),
    "person": ("?", "?"),
}


@dataclass(frozen=True)
class Line:
    """One line of a panel. One that is too wide (a path) passes through the frame uncut."""

    text: str
    style: str = ""


def mark(state: str, screen: Screen) -> str:
    """Return the sign of a state; the words beside it say the same."""
    return _MARKS[state][0 if screen.unicode else 1]


def paint(text: str, style: str, screen: Screen) -> str:
    if not (screen.color and style and text):
        return text
    return f"\x1b[{_CODES[style]}m{text}\x1b[0m"


def plain(text: str, screen: Screen) -> str:
    """Return `text` in characters that the screen can show in the cells we count for it."""
    text = text.replace("\ufe0f", "").expandtabs(4)
    if not text.isascii():
        text = "".join(map(_printable, text))
    if screen.unicode:
        return text
    return text.encode("cp1252", "backslashreplace").decode("cp1252")


def _printable(char: str) -> str:
    if char.isprintable() or char == "\n":
        return char
    return " " if char.isspace() else "\ufffd"


def cells(text: str) -> int:
    """Return how many cells `text` takes: East Asian wide characters 2, combining marks 0."""
    if text.isascii():
        return len(text)
    return sum(_cell(c) for c in text)


def _cell(char: str) -> int:
    if unicodedata.east_asian_width(char) in "WF":
        return 2
    return 0 if unicodedata.category(char) in ("Mn", "Me") else 1


def pad(text: str, width: int) -> str:
    return text + " " * (width - cells(text))


def shorten(text: str, width: int, screen: Screen) -> str:
    """Return `text` in at most `width` cells, with dots where it was cut."""
    if cells(text) <= width:
        return text
    dots = "…" if screen.unicode else "..."
    return text[: _fitting(text, width - len(dots))].rstrip() + dots


def wrap(text: str, width: int, indent: str = "", *, cut: bool = True) -> list[str]:
    """Break `text` into lines of at most `width` cells, `indent` before all but the first.

    Line breaks and the spaces that align a matrix are kept. A word that is wider than the
    line is cut, or with `cut=False` left in one piece.
    """
    lines: list[str] = []
    for row in text.split("\n"):
        rest, lead = row.rstrip(), indent if lines else ""
        while (fitting := _fitting(rest, width - len(lead))) < len(rest):
            fitting = max(fitting, 1)
            start = len(rest) - len(rest.lstrip())
            space = rest.rfind(" ", start, fitting + 1)
            end = space if space > start else fitting if cut else rest.find(" ", fitting)
            if end < 0:
                break
            lines.append(lead + rest[:end].rstrip())
            rest, lead = rest[end:].lstrip(), indent
        lines.append((lead + rest).rstrip())
    return lines


def _fitting(text: str, width: int) -> int:
    """Return how many characters of `text` fit into `width` cells."""
    used = 0
    for index, char in enumerate(text):
        used += _cell(char)
        if used > width:
            return index
    return len(text)


def panel(title: str, lines: Iterable[Line], style: str, screen: Screen) -> list[str]:
    """Return `lines`, already wrapped to the width less 4, inside a frame with a title."""
    left, flat, right, side, low_left, low_right = "╭─╮│╰╯" if screen.unicode else "+-+|++"
    inner = screen.width - 4
    top = f"{left}{flat} {title} "
    top += flat * (screen.width - 1 - cells(top)) + right
    edge = paint(side, style, screen)
    rows = [paint(top, style, screen)]
    for line in lines:
        end = f"{' ' * (inner - cells(line.text))} {edge}" if cells(line.text) <= inner else ""
        rows.append(f"{edge} {paint(line.text, line.style, screen)}{end}")
    return [*rows, paint(low_left + flat * (screen.width - 2) + low_right, style, screen)]
