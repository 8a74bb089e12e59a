"""A check that never ends ends all the same, and is not the student's fault."""

from __future__ import annotations

import threading
import time

import pytest

from autograder.checks.patience import OutOfPatience, patience


def test_an_endless_check_is_stopped() -> None:
    started = time.monotonic()
    with pytest.raises(OutOfPatience), patience(0.2):
        while True:
            pass
    assert time.monotonic() - started < 30


def test_nothing_rings_afterwards() -> None:
    with patience(0.05):
        pass
    time.sleep(0.1)


def test_another_thread_runs_unwatched() -> None:
    ran = []

    def work() -> None:
        with patience(0.01):
            time.sleep(0.05)
            ran.append(True)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert ran == [True]
