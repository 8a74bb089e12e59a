"""Talk to a worker under a deadline."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from autograder.assignment import Limits
from autograder.report import clean
from autograder.wall import decode, wire
from autograder.wall.channel import NoAnswer, open_channel
from autograder.wall.printed import Printed
from autograder.wall.process import LaunchError, Process

START_SECONDS = 90.0
END_SECONDS = 1.0


class WorkerDied(Exception):
    """The worker ended or stopped answering; `timeout` tells which."""

    def __init__(self, message: str, timeout: bool = False) -> None:
        super().__init__(message)
        self.timeout = timeout


class Worker:
    """One process that runs one submission.

    An `eager` worker imports the module before it is asked to, one with `torch` imports torch
    before it says that it has started. `await_start` and `ask` raise
    LaunchError when this machine cannot run it.
    """

    def __init__(
        self,
        module: Path,
        limits: Limits,
        process: Process,
        eager: bool = True,
        torch: bool = False,
    ) -> None:
        self.process = process
        self.alive = True
        self.layers: dict[str, str] = {}
        self.printed = Printed(limits.output_kb * 1024)
        self.channel = open_channel(process, self.printed)
        self._number = 0
        opening = {"id": 0, "module": str(module), "eager": eager, "torch": torch}
        self.channel.send(wire.pack(opening))

    def await_start(self) -> None:
        """Wait until the worker has given up its rights; raises LaunchError."""
        if self.layers:
            return
        try:
            self.layers = dict(self._answer(0, time.monotonic() + START_SECONDS)["ok"])
        except (WorkerDied, LaunchError, KeyError, TypeError, ValueError) as error:
            self.settle()
            text = self.printed.text().strip().splitlines()[-1:]
            raise LaunchError(f"the worker did not start: {' '.join(text) or error}") from error

    def ask(self, message: dict[str, Any], seconds: float, keep: wire.Keep) -> dict[str, Any]:
        """Send one message and return its answer; raises WorkerDied or wire.WireError."""
        self.await_start()
        self._number += 1
        packed = wire.pack({"id": self._number, **message}, keep)
        deadline = time.monotonic() + seconds
        self.channel.send(packed)
        return self._answer(self._number, deadline)

    def _answer(self, number: int, deadline: float) -> dict[str, Any]:
        try:
            raw = wire.read(lambda count: self.channel.take(count, deadline))
            got = wire.decode(*raw, resolve=Ref.of)
            if isinstance(got, dict) and type(got.get("id")) is int and got["id"] == number:
                return got
            reason = "the process answered out of turn"
        except NoAnswer:
            self.kill()
            raise WorkerDied("no answer in time", timeout=True) from None
        except (wire.WireError, MemoryError):
            reason = "what the process answered cannot be read"
        except EOFError:
            reason = ""
        self.kill(0.0 if reason else END_SECONDS)  # else its exit code tells
        raise WorkerDied(reason or self.process.ending())

    def settle(self) -> None:
        """Read what was printed before the last answer: it travels apart."""
        self.channel.settle()

    def kill(self, grace: float = 0.0) -> None:
        """Kill the worker and every process that it or its children started.

        Where it is ending already, `grace` are the seconds it has to tell how.
        """
        if not self.alive:
            return
        self.alive = False
        self.process.kill(grace)
        self.channel.close()


class Ref:
    """What the judge knows of an object that stayed with the student: a number and words."""

    def __init__(self, data: dict[str, Any]) -> None:
        self.id = decode.count(data["id"])
        self.type, self.name, self.file = (_word(data[key]) for key in ("type", "name", "file"))
        self.line = decode.count(data["line"])
        self.callable = data["callable"] is True

    @staticmethod
    def of(data: dict[str, Any]) -> Ref:
        return Ref(data)

    @property
    def where(self) -> str:
        """Return the place of a student's function, `bn.py:31 forward`, or nothing."""
        return f"{self.file}:{self.line} {self.name}" if self.file else ""


def _word(text: Any) -> str:
    return " ".join(clean(decode.text(text)[:400], 100).split())
