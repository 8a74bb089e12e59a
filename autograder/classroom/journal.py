"""What was graded, kept as it happens: one line a result, which survives a kill at any moment.

A line is written and brought to the disk before the next job's answer is looked at. A line that
was cut short by the end of its process is forgotten when the journal is opened again: that
work is graded again, and nothing else.
"""

from __future__ import annotations

import json
import os
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Any

FORMAT = 1


class JournalError(Exception):
    """The journal cannot be used; the text says why and what to do."""


@dataclass(frozen=True)
class Entry:
    """One grading: `work` and `grader` are digests, `report` is as `Report.to_dict` gives it."""

    key: str
    work: str
    grader: str
    report: dict[str, Any]


class Journal:
    """The gradings of one assignment in one folder, oldest first; use it in a `with`."""

    def __init__(self, path: Path, assignment: str) -> None:
        """Open or begin the journal at `path`, alone. Raises JournalError."""
        self.path = path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self.file: IO[bytes] = open(path, "a+b", buffering=0)  # noqa: SIM115
        except OSError as error:
            raise JournalError(
                f"{path} cannot be written: {error.strerror}. {_ELSEWHERE}"
            ) from error
        try:
            _lock(self.file)
            self.entries = self._read(assignment)
        except BaseException:
            self.file.close()
            raise

    def add(self, entry: Entry) -> None:
        """Write one result; it is on the disk when this returns. Raises JournalError."""
        self._write(asdict(entry))
        self.entries.append(entry)

    def close(self) -> None:
        self.file.close()

    def __enter__(self) -> Journal:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _read(self, assignment: str) -> list[Entry]:
        self.file.seek(0)
        whole, good, entries = self.file.read(), 0, []
        for number, line in enumerate(whole.splitlines(keepends=True)):
            told = _parsed(line)
            if told is None:
                if whole[good + len(line) :].strip():
                    raise JournalError(f"{self.path}:{number + 1} is damaged. {_ELSEWHERE}")
                break
            if not number:
                self._accept(told, assignment)
            else:
                entries.append(_entry(told, self.path, number + 1))
            good += len(line)
        if good < len(whole):
            self.file.truncate(good)
        if not good:
            self._write({"journal": FORMAT, "assignment": assignment})
        return entries

    def _accept(self, told: dict[str, Any], assignment: str) -> None:
        if told.get("journal") != FORMAT:
            raise JournalError(f"{self.path} is no journal of this version. {_ELSEWHERE}")
        if told.get("assignment") != assignment:
            other = str(told.get("assignment"))[:80]
            raise JournalError(
                f"{self.path} is that of {other!r}, not {assignment!r}. {_ELSEWHERE}"
            )

    def _write(self, told: dict[str, Any]) -> None:
        line = json.dumps(told, allow_nan=False, separators=(",", ":"), ensure_ascii=True)
        try:
            left = memoryview(line.encode() + b"\n")
            while left:
                left = left[self.file.write(left) :]
            os.fsync(self.file.fileno())
        except OSError as error:
            raise JournalError(
                f"{self.path} cannot be written: {error.strerror}. What was graded before is "
                "kept; mend that, and the same command goes on."
            ) from error


_ELSEWHERE = "Name another folder with -o, or move this one away."


def _parsed(line: bytes) -> dict[str, Any] | None:
    """Return what a line says; None for one that was cut short."""
    if not line.endswith(b"\n"):
        return None
    with suppress(ValueError, RecursionError):
        told = json.loads(line)
        return told if isinstance(told, dict) else None
    return None


def _entry(told: dict[str, Any], path: Path, line: int) -> Entry:
    try:
        return Entry(**told)
    except TypeError as error:
        raise JournalError(f"{path}:{line} is no result of a grading. {_ELSEWHERE}") from error


def _lock(file: IO[bytes]) -> None:
    """Keep two runs from writing into one journal, where the system has locks."""
    try:
        import fcntl
    except ImportError:
        return
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        raise JournalError(
            f"{file.name} is in use: another `grade batch` writes into this folder."
        ) from error
