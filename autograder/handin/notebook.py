"""A notebook as a list of cells that can be run one by one as plain Python."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from autograder.handin.cells import clean_cell
from autograder.handin.entries import MEGABYTE, SOURCE_LIMIT, SubmissionError
from autograder.report import clean

# Each bracket may become an object of many times its size in memory.
MOST_BRACKETS = 1_000_000
MOST_CELLS = 2_000
MOST_NOTES = 12


def read_notebook(data: bytes, name: str) -> tuple[bytes, tuple[str, ...]]:
    """Return the code cells as JSON, `[{"cell": 3, "name": "a.ipynb cell 3", "source": ""}]`.

    Cells count from 1 over all code cells. Format 4 and the older format 3 are read. The
    notes say which lines and cells were left out. Raises SubmissionError when the file is
    not a notebook, holds no code, or holds more than 1 MB of it.
    """
    sources = list(_sources(_parse(data, name)))
    if not any(source.strip() for source in sources):
        raise SubmissionError(f"{name} holds no code. Write your answer in code cells and save it.")
    if sum(map(len, sources)) > SOURCE_LIMIT or len(sources) > MOST_CELLS:
        raise SubmissionError(
            f"{name} holds more than {SOURCE_LIMIT // MEGABYTE} MB of code "
            f"or more than {MOST_CELLS:,} code cells."
        )
    cells: list[dict[str, Any]] = []
    notes: list[str] = []
    for number, source in enumerate(sources, 1):
        kept, note = _cell(source)
        if kept.strip():
            cells.append({"cell": number, "name": f"{name} cell {number}", "source": kept})
        if note:
            notes.append(f"{name} cell {number}{note}")
    return json.dumps(cells, indent=1).encode("ascii"), _capped(notes, name)


def _parse(data: bytes, name: str) -> Any:
    try:
        if data.count(b"[") + data.count(b"{") > MOST_BRACKETS:
            raise ValueError("too many values")
        return json.loads(data)
    except (ValueError, RecursionError) as error:
        raise SubmissionError(
            f"{name} cannot be read as a notebook. Open it in Jupyter, save it again "
            "and hand in the file with the ending .ipynb."
        ) from error


def _sources(notebook: Any) -> Iterator[str]:
    """Yield the text of each code cell; what does not look like one is passed over."""
    for cell in _cells(notebook):
        if isinstance(cell, dict) and cell.get("cell_type") == "code":
            source = cell.get("source", cell.get("input", ""))
            parts = source if isinstance(source, list) else [source]
            yield "".join(part for part in parts if isinstance(part, str))


def _cells(notebook: Any) -> Iterator[Any]:
    """Yield the cells of format 4, or those of all worksheets of format 3."""
    sheets: Any = [notebook]
    if isinstance(notebook, dict) and "cells" not in notebook:
        sheets = notebook.get("worksheets")
    for sheet in sheets if isinstance(sheets, list) else []:
        cells = sheet.get("cells") if isinstance(sheet, dict) else None
        yield from cells if isinstance(cells, list) else []


def _cell(source: str) -> tuple[str, str]:
    """Return the text to run, "" for a cell that is left out, and the end of its note."""
    cleaned = clean_cell(source)
    if cleaned is None:
        return "", ": left out for its first line: nothing that such a cell does is kept."
    if cleaned.error:
        return "", f", {clean(cleaned.error, 120)}: the cell was left out."
    if not cleaned.left_out:
        return cleaned.source, ""
    lines = "1 line" if cleaned.left_out == 1 else f"{cleaned.left_out} lines"
    return cleaned.source, f": {lines} with %, ! or ? left out; only a notebook understands them."


def _capped(notes: list[str], name: str) -> tuple[str, ...]:
    if len(notes) <= MOST_NOTES:
        return tuple(notes)
    more = f"{name}: {len(notes) - MOST_NOTES} more cells were changed or left out."
    return (*notes[:MOST_NOTES], more)
