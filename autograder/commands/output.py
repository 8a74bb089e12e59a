"""Where the output goes, and what becomes of a command whose output cannot go there."""

from __future__ import annotations

import errno
import os
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import click

from autograder.console import ENVIRONMENT, stop

CLOSED = 141  # as shells report a process whose reader went away: 128 + SIGPIPE


@contextmanager
def output() -> Iterator[None]:
    """End the body in words where the output cannot be written; other errors pass."""
    try:
        yield
    except OSError as error:
        closed = error.errno in (errno.EPIPE, errno.EINVAL)  # Windows says EINVAL
        if not _of_output(error) and closed:
            # click takes every broken pipe for its output's, and would end without a word.
            raise RuntimeError(str(error)) from error
        if not _of_output(error):
            raise
        _give_up(1)
        if closed:
            raise SystemExit(CLOSED) from None
        with suppress(OSError):
            where = "Choose another place for it, or make room there."
            stop(f"The output cannot be written: {error.strerror}.\n{where}", ENVIRONMENT)
        _give_up(2)
        raise SystemExit(ENVIRONMENT) from None


def open_all() -> None:
    """Open each standard stream that is closed: files opened later would take its number."""
    for number in (0, 1, 2):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)
    if sys.stdout is None:
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 (until the end)


def _of_output(error: OSError) -> bool:
    """Tell whether an error came while something was said, not from a file of ours."""
    frames = (frame for frame, _ in traceback.walk_tb(error.__traceback__))
    return any(frame.f_code is click.echo.__code__ for frame in frames)


def _give_up(number: int) -> None:
    """Lead a stream nowhere: what it still holds would be an error again when Python ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), number)
