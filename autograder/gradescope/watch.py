"""Start the process that grades, end it in time, and leave nothing of the student's running."""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.report import Report
from autograder.wall import quarters as housing
from autograder.wall import reaper
from autograder.wall.process import PASSED_ON
from autograder.wall.system import SUBREAPER, prctl

LONGEST_MINUTES = 24 * 60.0
SPARE_SECONDS, SPARE_PART = 30.0, 0.2
TIDY_SECONDS = 8.0


class Broken(Exception):
    """Grading did not come to its end: never the student's fault. The text is for the staff."""


@dataclass(frozen=True)
class Found:
    """What the process that grades found, and the versions and the seed it worked with."""

    report: Report
    made: dict[str, str]


def seconds_left(minutes: float, told: str) -> float:
    """Return how long grading may take: a little less than the platform allows.

    `told` is what the platform says of its limit (s); `minutes` counts where it says nothing.
    """
    try:
        limit = float(told)
    except ValueError:
        limit = math.nan
    if not 0 < limit <= 60 * LONGEST_MINUTES:
        limit = 60 * min(minutes, LONGEST_MINUTES)
    return limit - min(SPARE_SECONDS, SPARE_PART * limit)


def grade_apart(source: Path, name: str, submission: Path, seconds: float) -> Found:
    """Grade in a process of its own; nothing of it runs when this returns. Raises Broken."""
    prctl(SUBREAPER, 1)  # what loses its parent comes here, not to the platform's own process
    into = tempfile.mkdtemp()
    try:
        return _read(*_wait(_start(source, name, Path(into), submission), seconds))
    finally:
        tidy()
        housing.clear([into])


def tidy() -> None:
    """Kill every process below this one, and those of throw-away users that nobody holds."""
    until = time.monotonic() + TIDY_SECONDS
    # A supervisor that lost its judge ends its workers and deletes what they wrote.
    while reaper.children() and time.monotonic() < until:
        with suppress(ChildProcessError):
            os.waitpid(-1, os.WNOHANG)
        time.sleep(0.005)
    reaper.sweep(set())
    if os.geteuid() == 0:
        evict()


def evict() -> None:
    """Kill every process of a throw-away user whose supervisor is gone, and what they left.

    The caller is root. One that can be drawn while it has processes belongs to nobody.
    """
    every = set(range(housing.FIRST, housing.LAST + 1))
    for uid in every & housing.users().keys():
        with suppress(OSError):
            held = housing.draw(every - {uid})
            reaper.kill_alone(uid)
            reaper.sweep_user(uid)
            held.lock.close()


def _start(source: Path, name: str, into: Path, submission: Path) -> subprocess.Popen[bytes]:
    order = ("-I", "-B", "-m", "autograder.gradescope.judge", source, name, into, submission)
    kept = {key: os.environ[key] for key in PASSED_ON if key in os.environ}
    try:
        return subprocess.Popen(
            [sys.executable, *map(str, order)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            cwd=os.sep,
            env=kept,  # the platform's tokens stay here
            start_new_session=True,
        )
    except OSError as error:
        raise Broken(f"the process that grades did not start: {error}") from error


def _wait(process: subprocess.Popen[bytes], seconds: float) -> tuple[bytes, int]:
    try:
        said, _ = process.communicate(timeout=max(seconds, 0.1))
    except subprocess.TimeoutExpired:
        raise Broken(
            f"grading was ended after {seconds:.0f} s, shortly before the platform would have: "
            "set a longer time limit on the platform, or lower the limits of the assignment"
        ) from None
    finally:
        process.kill()
        process.wait()
    return said, process.returncode


def _read(said: bytes, code: int) -> Found:
    if code:
        why = f"signal {-code}: was the memory enough?" if code < 0 else f"exit code {code}"
        raise Broken(f"the process that grades ended early ({why})")
    try:
        told: dict[str, Any] = json.loads(said)
        return Found(Report.from_dict(told["report"]), told["made"])
    except (ValueError, KeyError, TypeError) as error:
        raise Broken(f"what the process that grades said cannot be read: {error}") from error
