"""Cells of a CSV table: numbers of ours, and texts that no spreadsheet takes for a formula."""

from __future__ import annotations

import csv
import io
import math
import re
import unicodedata
from collections.abc import Iterable

_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")

Cell = str | float | None


def written(rows: Iterable[Iterable[Cell]], places: int = 0) -> str:
    """Return the rows as CSV, their points with at least so many of two digits."""
    return joined([_cell(cell, places) for cell in row] for row in rows)


def joined(rows: Iterable[Iterable[str]], delimiter: str = ",", end: str = "\n") -> str:
    """Return texts as CSV, just as they are."""
    lines = []
    for row in rows:
        line = io.StringIO()
        # A writer quotes only the ends of lines that it writes itself: here any of them.
        csv.writer(line, delimiter=delimiter, lineterminator="\r\n").writerow(row)
        lines.append(line.getvalue().removesuffix("\r\n") + end)
    return "".join(lines)


def _cell(value: Cell, places: int) -> str:
    if isinstance(value, str):
        return guarded(value)
    return "" if value is None else number(value, 0 if isinstance(value, int) else places)


def number(value: float, places: int = 0) -> str:
    """Return the number to two digits, at least so many of them as `places` says."""
    if not math.isfinite(value):
        raise ValueError(f"a score must be a finite number, not {value}")
    whole, _, rest = f"{round(value, 2) + 0.0:.2f}".partition(".")
    rest = rest.rstrip("0").ljust(places, "0")
    return f"{whole}.{rest}" if rest else whole


def guarded(text: str) -> str:
    """Return a text as a cell of one line that no spreadsheet computes."""
    line = _CONTROLS.sub(lambda found: " " if found[0].isspace() else "\ufffd", text)
    return f"'{line}" if _computed(text) else line


def _computed(text: str) -> bool:
    """Tell whether a spreadsheet may take the text for a formula: by its first visible letter."""
    seen = (c for c in text if not c.isspace() and unicodedata.category(c) not in ("Cc", "Cf"))
    first = unicodedata.normalize("NFKC", next(seen, ""))[:1]
    return text[:1] in tuple("\t\r\n") or first in tuple("=+-@\u2212")
