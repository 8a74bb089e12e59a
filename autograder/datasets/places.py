"""Where data sets may lie on this machine. Nothing is ever downloaded."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from autograder.datasets.split import DataMissing

NAME = "graded-descent"


def places(folder: Path | None = None) -> tuple[Path, ...]:
    """Return the folders that are looked in, in order, whether they exist or not.

    They are `folder`, those of the variable GRADER_DATA and the user's cache folder.
    """
    named = [Path(part) for part in os.environ.get("GRADER_DATA", "").split(os.pathsep) if part]
    ours = cache_folder()
    found = [*([folder] if folder else []), *named, *([ours] if ours else [])]
    return tuple(dict.fromkeys(place.expanduser() for place in found))


def cache_folder() -> Path | None:
    """Return the user's cache folder for this toolkit; nothing where there is no home."""
    variable = "LOCALAPPDATA" if sys.platform == "win32" else "XDG_CACHE_HOME"
    asked = Path(os.environ.get(variable, ""))
    if asked.is_absolute():
        return asked / NAME
    try:
        return Path.home() / ".cache" / NAME
    except RuntimeError:
        return None


def missing(
    title: str, looked: Sequence[Path], files: str, source: str, seen: str = ""
) -> DataMissing:
    """Return the exception that says what was looked for, where, and what to do."""
    where = ", ".join(str(place) for place in looked) or "no folder: none is known"
    return DataMissing(
        f"{title} is not on this machine. Looked in: {where}.{f' {seen}.' if seen else ''} "
        f"Get it from {source} and put {files} into one of these folders, "
        "or name its folder with --data or in GRADER_DATA."
    )
