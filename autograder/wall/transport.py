"""Two ways to reach a student's session: a worker process, or inline. Both carry the same bytes."""

from __future__ import annotations

import sys
from bdb import BdbQuit
from pathlib import Path
from typing import Any, Protocol

from autograder.wall import wire
from autograder.wall.failure import Interrupted
from autograder.wall.launch import Ref, Worker, WorkerDied


class Transport(Protocol):
    """A way to reach a student's session: a worker process, or inline."""

    alive: bool
    layers: dict[str, str]

    def await_start(self) -> None: ...
    def ask(self, message: dict[str, Any], seconds: float, keep: wire.Keep) -> dict[str, Any]: ...
    def output(self) -> str: ...
    def forget_output(self) -> None: ...
    def kill(self) -> None: ...


class WorkerTransport(Worker):
    """A worker process as a transport."""

    def output(self) -> str:
        self.settle()
        return self.printed.text()

    def forget_output(self) -> None:
        self.settle()
        self.printed.reset()


class InlineTransport:
    """The student's code in this very process: for pytest, notebooks and debuggers.

    Values pass through the same encoding as through a worker, so a check sees the same.
    Ctrl-C, leaving the debugger and the exceptions of `through` are not the student's: they
    are raised as `Interrupted`.
    """

    def __init__(
        self,
        module: Path | None,
        namespace: dict[str, Any] | None = None,
        through: tuple[type[BaseException], ...] = (),
    ) -> None:
        from autograder.wall.session import Session

        self.session = Session(module, namespace, (KeyboardInterrupt, BdbQuit, *through))
        self.alive = True
        self.layers = {"process": "inline"}

    def await_start(self) -> None:
        """Start nothing: the student's code runs in this process."""

    def ask(self, message: dict[str, Any], seconds: float, keep: wire.Keep) -> dict[str, Any]:
        from autograder.wall.session import rebuild, reply

        packed = wire.pack({"id": 0, **message}, keep)
        unpacked = wire.unpack(packed, self.session.resolve, rebuild)
        try:
            answered = reply(self.session, unpacked)
        except self.session.through as error:
            raise Interrupted(error) from error
        try:
            told: dict[str, Any] = wire.unpack(answered, Ref.of)
        except wire.WireError:
            raise WorkerDied("what your code answered cannot be read") from None
        return told

    def output(self) -> str:
        return ""

    def forget_output(self) -> None:
        pass

    def kill(self) -> None:
        """Forget the student's modules, so that another submission finds its own."""
        self.alive = False
        if self.session.path is not None:
            folder = str(self.session.path.parent)
            sys.path[:] = [path for path in sys.path if path != folder]
            for name, module in list(sys.modules.items()):
                if Path(str(getattr(module, "__file__", ""))).parent == Path(folder):
                    del sys.modules[name]
