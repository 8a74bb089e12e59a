"""What a console can show: its width, whether it has colour, whether it can print frames."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TextIO

NARROWEST = 40
WIDEST = 100


@dataclass(frozen=True)
class Screen:
    """`width` in cells; `unicode` is False where frames and marks must be plain ASCII."""

    width: int = 80
    color: bool = False
    unicode: bool = True


def screen(stream: TextIO, environ: Mapping[str, str]) -> Screen:
    """Return what `stream` can show: `terminal(report, **vars(screen(sys.stdout, os.environ)))`.

    Colour needs a terminal and yields to NO_COLOR; FORCE_COLOR gives it to a pipe. COLUMNS
    overrides the measured width; a pipe has 80 columns.
    """
    return Screen(_width(stream, environ), _color(stream, environ), _unicode(stream))


def _width(stream: TextIO, environ: Mapping[str, str]) -> int:
    asked = environ.get("COLUMNS", "")
    if asked.isdecimal() and int(asked):
        return max(NARROWEST, min(int(asked), WIDEST))
    try:
        columns = os.get_terminal_size(stream.fileno()).columns or 80
    except (OSError, ValueError, AttributeError):
        columns = 80
    return max(NARROWEST, min(columns, WIDEST))


def _color(stream: TextIO, environ: Mapping[str, str]) -> bool:
    if environ.get("NO_COLOR") or environ.get("TERM") == "dumb":
        return False
    if environ.get("FORCE_COLOR"):
        return True
    # An old Windows console prints escape codes as text; these names say that it is a new one.
    modern = os.name != "nt" or any(environ.get(n) for n in ("WT_SESSION", "TERM", "ANSICON"))
    return modern and stream.isatty()


def _unicode(stream: TextIO) -> bool:
    try:
        "✔✘–○·╭─╮│╰╯…".encode(getattr(stream, "encoding", None) or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True
