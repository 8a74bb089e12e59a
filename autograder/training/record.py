"""What a training leaves in the work folder: the weights, and training.json about them."""

from __future__ import annotations

import json
import os
import platform
import shutil
import stat
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autograder import __version__
from autograder.training.progress import Row, finite, number

if TYPE_CHECKING:
    from autograder.assignment import Assignment

SCHEMA = 1
WEIGHTS, RECORD, CURVES = "weights.safetensors", "training.json", "curves.svg"
COLUMNS = ("epoch", "samples", "loss", "accuracy", "lr", "seconds")
SIZES_LIMIT = 50


def record(
    assignment: Assignment,
    told: dict[str, Any],
    history: list[Row],
    claim: Any,
    seconds: float,
) -> dict[str, Any]:
    """Return what training.json holds, schema 1. Accuracies are in per cent.

    `claim` is what the worker says at the end, None where it did not get there: then the
    weights are those of the best epoch, and `accuracy` is theirs.
    """
    answer = claim if isinstance(claim, dict) else {}
    rows = [_plain(row) for row in history]
    measured = [row for row in rows if row["accuracy"] is not None]
    best = max(measured, key=lambda row: row["accuracy"], default=None)
    last = rows[-1] if rows else {}
    accuracy = best["accuracy"] if best else None
    sizes = answer.get("sizes")
    return {
        "schema": SCHEMA,
        "assignment": assignment.name,
        "dataset": told["dataset"],
        "budget": {key: told[key] for key in ("epochs", "seconds", "parameters")},
        "epochs": _number(answer.get("epochs"), last.get("epoch") or 0.0),
        "samples": _number(answer.get("samples"), last.get("samples") or 0),
        "batch_sizes": sizes[:SIZES_LIMIT] if isinstance(sizes, list) else [],
        "seed": told["seed"],
        "versions": _versions(),
        "device": told["device"],
        "threads": told["threads"],
        "seconds": round(seconds, 1),
        "parameters": _number(answer.get("parameters"), None),
        "interrupted": False,
        "accuracy": _number(answer.get("accuracy"), accuracy),
        "best": {"epoch": best["epoch"], "accuracy": best["accuracy"]} if best else None,
        "history": rows,
    }


def _plain(row: Row) -> Row:
    return {name: _number(row.get(name), None) for name in COLUMNS}


def _number(claim: Any, instead: float | None) -> float | None:
    value = number(claim)
    if value is None or not finite(value):
        return instead
    return round(value, 8)


def _versions() -> dict[str, str]:
    from importlib.metadata import version

    python = platform.python_version()
    return {"python": python, "torch": version("torch"), "graded-descent": __version__}


def keep(
    weights: Path, whole: dict[str, Any], folder: Path, curves: str = ""
) -> tuple[list[Path], list[Path]]:
    """Write weights, training.json and curves into the work folder.

    Returns the files written, and the earlier ones that were put aside as .bak. What is
    aside gives way only to files of the same accuracy or a better one. Raises OSError.
    """
    target, told = folder / WEIGHTS, folder / RECORD
    aside = _put_aside(target, told)
    shutil.copyfile(weights, target.with_suffix(".part"))
    os.replace(target.with_suffix(".part"), target)
    written = [target]
    texts = {told: json.dumps(whole, indent=1, allow_nan=False) + "\n", folder / CURVES: curves}
    for path, text in texts.items():
        if text:
            path.write_text(text, encoding="utf-8")
            written.append(path)
    return written, aside


def _put_aside(*files: Path) -> list[Path]:
    there = [file for file in files if file.exists()]
    backups = {file: file.with_name(f"{file.name}.bak") for file in files}
    now, aside = _accuracy(files[-1]), _accuracy(backups[files[-1]])
    if not there or (backups[files[0]].exists() and now < aside):
        return []
    for file in there:
        os.replace(file, backups[file])
    return [backups[file] for file in there]


def _accuracy(file: Path) -> float:
    """Return the accuracy that a training.json tells; below all others when it tells none."""
    try:
        told = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return -1.0
    value = number(told.get("accuracy")) if isinstance(told, dict) else None
    return value if value is not None and finite(value) else -1.0


def regular(path: Path) -> bool:
    """Tell a file from a link: the student's code may have put one there."""
    try:
        return stat.S_ISREG(os.lstat(path).st_mode)
    except OSError:
        return False
