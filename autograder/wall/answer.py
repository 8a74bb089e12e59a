"""What a worker says went wrong, read as a claim: whatever its shape, it becomes a finding.

The student owns the worker, so every part of an answer may be of any type and size.
"""

from __future__ import annotations

import builtins
from typing import Any

from autograder.report import Finding, clean

NAMES_LIMIT = 40
NAME_LIMIT = 100
NOTES_LIMIT = 50
FRAMES_LIMIT = 16
LINE_LIMIT = 10**7
SAID_LIMIT = 2000

_EXCEPTIONS = frozenset(
    name
    for name, kind in vars(builtins).items()
    if isinstance(kind, type) and issubclass(kind, BaseException)
)


def words(claim: Any, limit: int = NAME_LIMIT) -> str:
    """Return a claim as one line of clean text; nothing when it is no text."""
    return " ".join(text(claim, limit).split())


def text(claim: Any, limit: int = SAID_LIMIT) -> str:
    return clean(claim, limit) if isinstance(claim, str) else ""


def texts(claim: Any, most: int, limit: int) -> list[str]:
    """Return the first texts of a claimed list."""
    listed = claim if isinstance(claim, (list, tuple)) else ()
    return [said for item in listed[:most] if (said := words(item, limit))]


def missing(claim: Any, name: str, file: str) -> Finding:
    """Say that `name` is not there, and which names that are were perhaps meant."""
    from difflib import get_close_matches

    found = texts(claim, NAMES_LIMIT, NAME_LIMIT)
    near = get_close_matches(name, found, 3) or found[:8]
    seen = f"; it has {', '.join(near)}" if near else "; it defines nothing"
    hint = f"define {name} in {file}, spelled exactly so"
    return Finding("missing", f"{file} has no {name}{seen}", hint)


def raised(claim: Any, name: str) -> Finding:
    """Say what the student's code raised, with the student's own frames."""
    told = claim if isinstance(claim, dict) else {}
    kind, said = words(told.get("type")) or "an exception", text(told.get("message"))
    builtin = told.get("builtin") is True and kind in _EXCEPTIONS
    frames = [frame for frame in _list(told.get("frames"))[-FRAMES_LIMIT:] if _is_frame(frame)]
    lines = [(f"{words(f)}:{n}", words(code), words(line, 200)) for f, n, code, line in frames]
    where = " ".join(lines[-1][:2]).strip() if lines else ""
    if builtin and kind == "NotImplementedError":
        return Finding("unwritten", f"{name} is not written yet", where=where)
    if kind == "SystemExit":
        said = "your code asked the whole program to stop; return a value instead"
    traced = [f"{place}{code and ' in '}{code}\n    {line}" for place, code, line in lines]
    return Finding(
        "raised",
        f"{name} raised {kind}: {said}" if said else f"{name} raised {kind}",
        where=where,
        traceback="\n".join([*traced, f"{kind}: {said}" if said else kind]),
        exception=kind if builtin else "",
    )


def unsendable(claim: Any, name: str) -> Finding:
    """Say that the result cannot be judged, and why."""
    reason = words(claim, 200) or "it is of no known kind"
    return Finding("type", f"{name} gave back something that cannot be graded: {reason}")


def table(claim: Any) -> list[list[Any]] | None:
    """Return rows of plain cells, or None when the claim is no table."""
    rows = _list(claim)
    plain = (bool, int, float, str, type(None))
    good = all(isinstance(row, list) and all(type(c) in plain for c in row) for row in rows)
    return rows if good and isinstance(claim, list) else None


def _list(claim: Any) -> list[Any]:
    return claim if isinstance(claim, list) else []


def _is_frame(claim: Any) -> bool:
    if not isinstance(claim, list) or len(claim) != 4:
        return False
    file, number, code, line = claim
    named = all(isinstance(part, str) for part in (file, code, line))
    return named and type(number) is int and 0 <= number < LINE_LIMIT
