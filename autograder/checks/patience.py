"""A grader's own time: a check that never ends is our fault, and has to end all the same."""

from __future__ import annotations

import math
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class OutOfPatience(BaseException):
    """A check ran far longer than the student's code could have kept it waiting.

    No `except Exception` on the way, hypothesis's own among them, may swallow it.
    """


@contextmanager
def patience(seconds: float) -> Iterator[None]:
    """Raise OutOfPatience in the body after `seconds`; never when that is infinite.

    Works in the main thread of POSIX systems; elsewhere the body runs unwatched.
    """
    watched = hasattr(signal, "setitimer") and math.isfinite(seconds)
    if not watched or threading.current_thread() is not threading.main_thread():
        yield
        return

    def ring(number: int, frame: FrameType | None) -> None:
        raise OutOfPatience(f"the check did not end within {seconds:g} s")

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
