"""What a worker tells while it trains, one JSON line at a time, read as a claim."""

from __future__ import annotations

import json
import math
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

PROGRESS = "progress.jsonl"
KINDS = ("start", "step", "epoch")
NUMBERS = ("epoch", "samples", "loss", "accuracy", "lr", "seconds", "parameters")
READ_LIMIT = 1 << 20  # bytes at one look
ROWS_LIMIT = 100_000
LARGEST = 1e15

Row = dict[str, Any]


class Tail:
    """The rows that were added to the progress file of `folder` since one last looked."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / PROGRESS
        self.read = 0
        self.rest = b""
        self.seen = 0

    def rows(self) -> Iterator[Row]:
        """Yield each new row: its kind, and what of `NUMBERS` it gives as a number."""
        try:
            # The student's code owns the folder: a link leads anywhere, a pipe never ends.
            flags = sum(getattr(os, name, 0) for name in ("O_NOFOLLOW", "O_NONBLOCK", "O_BINARY"))
            with os.fdopen(os.open(self.path, os.O_RDONLY | flags), "rb") as file:
                if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                    return
                file.seek(self.read)
                data = file.read(READ_LIMIT)
        except OSError:
            return
        self.read += len(data)
        *lines, rest = (self.rest + data).split(b"\n")
        self.rest = rest[:READ_LIMIT]
        for line in lines:
            row = parse(line)
            if row and self.seen < ROWS_LIMIT:
                self.seen += 1
                yield row


def parse(line: bytes) -> Row | None:
    """Return one line of progress, or None when it is none.

    A loss that is not finite stays so; every other number that is not finite becomes None.
    """
    try:
        told = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(told, dict) or told.get("kind") not in KINDS:
        return None
    row: Row = {"kind": told["kind"]}
    for name in NUMBERS:
        if name in told:
            value = number(told[name])
            row[name] = value if name == "loss" or value is None or finite(value) else None
    return row


def number(value: Any) -> float | None:
    """Return a claim as a number, None when it is none."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return value if not finite(value) or abs(value) < LARGEST else None


def finite(value: float) -> bool:
    return isinstance(value, int) or math.isfinite(value)
