"""One submission in conversation with the judge."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.assignment import Limits
from autograder.report import Finding
from autograder.wall import answer, unanswered
from autograder.wall.failure import StudentFailure
from autograder.wall.isolation import NOTHING_RUN, Isolation, IsolationError, missing, why
from autograder.wall.launch import Ref, WorkerDied
from autograder.wall.process import Order, Process, Spawn
from autograder.wall.proxy import Handle, handles, refer
from autograder.wall.transport import InlineTransport, Transport, WorkerTransport
from autograder.wall.warm import spawn

IMPORT_SECONDS = 5.0


@dataclass
class Call:
    """The last call a check made: for the report, not for the verdict."""

    name: str
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    where: str


class Exchange:
    """One submission in conversation with the judge: one transport at a time.

    After a death every further call fails in the same way until `renew` starts afresh.
    A module that could not be imported is not tried again.
    """

    def __init__(
        self,
        module: Path,
        limits: Limits,
        *,
        inline: bool = False,
        process: Process | None = None,
        spawn: Spawn = spawn,
        through: tuple[type[BaseException], ...] = (),
        torch: bool = False,
        isolation: Isolation = Isolation.BEST_EFFORT,
        writable: bool = False,
    ) -> None:
        self.module = module
        self.order = Order(module, limits.memory_mb, limits.run_seconds, isolation.value, writable)
        self.spawn = spawn
        self.through = through
        self.limits = limits
        self.inline = inline
        # Inline, a person may be at a breakpoint: only a worker is timed.
        self.budget = math.inf if inline else limits.run_seconds
        self.torch = torch
        self.unimportable: StudentFailure | None = None
        self.handles: dict[str, Handle] = {}
        self.transport: Transport = self._open(process)
        self.loaded = False
        self.reached = False
        self.broken: StudentFailure | None = None
        self.last: Call | None = None
        self.answered: tuple[str, Any] = ("", None)
        self.looked_up = False
        self.notes: tuple[str, ...] = ()
        self.imported = False

    @staticmethod
    def around(namespace: dict[str, Any]) -> Exchange:
        """Converse inline with names that exist already: a notebook's globals."""
        exchange = Exchange(Path("notebook"), Limits(), inline=True)
        exchange.transport = InlineTransport(None, namespace)
        exchange.loaded = True
        return exchange

    def _open(self, process: Process | None = None) -> Transport:
        if self.inline:
            return InlineTransport(self.module, through=self.through)
        process = process or self.spawn(self.order)
        self.handles = {}
        # Where a layer may be refused, nothing is imported before it is known to hold.
        eager = self.unimportable is None and self.order.isolation != Isolation.REQUIRED.value
        return WorkerTransport(self.module, self.limits, process, eager, self.torch)

    def renew(self) -> None:
        """Make ready for the next check: a fresh worker if the last one is gone."""
        self.broken = None
        self.last = None
        self.answered = ("", None)
        if not self.transport.alive:
            self.transport = self._open()
            self.loaded = False
        self.transport.forget_output()

    def confine(self) -> dict[str, str]:
        """Wait for the worker to give up its rights; return the layers that keep it apart.

        Raises IsolationError where one is required and missing, LaunchError where none starts.
        """
        self.transport.await_start()
        layers = self.transport.layers
        if self.order.isolation == Isolation.REQUIRED.value and not self.inline and missing(layers):
            raise IsolationError(f"{why(layers)} {NOTHING_RUN}")
        return layers

    def left(self) -> float:
        """Return the seconds left of the whole run; infinite inline, where a person may wait."""
        return max(0.0, self.budget)

    def close(self) -> None:
        self.transport.kill()

    def get(self, of: int, name: str, owner: str = "") -> Any:
        """Look a name up; what the module keeps under a name is asked for once a worker."""
        if not of and name in self.handles and self.broken is None:
            self.answered, self.looked_up = (name, self.handles[name]), True
            return self.handles[name]
        try:
            got = self._request({"do": "get", "of": of, "name": name}, name, owner)
            if not isinstance(got, Handle):
                return got
            handle = Handle(self, got._ref, name)
            if not of:
                self.handles[name] = handle
            return handle
        except StudentFailure:
            if self.broken is None:
                self.last = None  # an earlier call has nothing to do with a missing name
            raise

    def call(self, handle: Handle, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        ref: Ref = handle._ref
        name = handle._name or ref.name or ref.type
        if self.broken is None:
            self.last = Call(name, args, kwargs, ref.where)
        message = {"do": "call", "of": ref.id, "args": args, "kwargs": kwargs}
        return self._request(message, name)

    def ours(
        self,
        module: str,
        function: str,
        *args: Any,
        seconds: float | None = None,
        label: str = "",
        count: bool = True,
    ) -> Any:
        """Run `function(session, *args)` of the toolkit's `module` beside the student's objects.

        Handles among `args` arrive as the objects they stand for. What comes back is a claim,
        like every answer. `seconds` replaces the limit of one call, `label` names it in
        messages; where `count` is false, it is not shown as the student's call.
        Raises StudentFailure.
        """
        name = label or function
        if self.broken is None and count:
            self.last = Call(name, (), {}, "")
        message = {"do": "ours", "module": module, "function": function, "args": list(args)}
        return self._request(message, name, seconds=seconds)

    def sheet(self, path: Path, *, values: bool) -> list[list[Any]]:
        """Read a spreadsheet in the worker: cached values, or formulas as text.

        The student's module need not be importable for it.
        """
        if self.broken is not None:
            raise self.broken
        try:
            self._load()
        except StudentFailure:
            self.renew()
        message = {"do": "sheet", "path": str(path), "values": values}
        rows = answer.table(self._send(message, path.name, self.limits.call_seconds))
        if rows is None:
            raise StudentFailure(Finding("type", f"{path.name} cannot be read as a table"))
        return rows

    def _file(self) -> str:
        return "the notebook" if self.module.suffix == ".json" else self.module.name

    def _load(self) -> None:
        if self.unimportable is not None:
            raise self.unimportable
        if self.loaded:
            return
        try:
            seconds = self.limits.call_seconds + IMPORT_SECONDS
            notes = self._send({"do": "load"}, self._file(), seconds)
        except StudentFailure as failure:
            if self.left() <= 0:
                raise
            self.unimportable = StudentFailure(unanswered.unimportable(failure.finding))
            self.broken = self.broken and self.unimportable
            raise self.unimportable from None
        # Only the first import knows no hidden input that it could tell of.
        # A file has none to give: a name for what it writes there itself would be ours.
        if not self.imported and self.module.suffix == ".json":
            self.notes = tuple(answer.texts(notes, answer.NOTES_LIMIT, 300))
        self.imported = True
        self.loaded = True
        self.transport.forget_output()  # what an import prints belongs to no check

    def _request(
        self, message: dict[str, Any], name: str, owner: str = "", seconds: float | None = None
    ) -> Any:
        if self.broken is not None:
            raise self.broken
        self._load()
        return self._send(message, name, seconds or self.limits.call_seconds, owner)

    def _send(self, message: dict[str, Any], name: str, seconds: float, owner: str = "") -> Any:
        if self.left() > 0:
            self.confine()
        left, started = self.left(), time.monotonic()
        try:
            if left <= 0:
                raise WorkerDied("the whole run's time is over", timeout=True)
            told = self.transport.ask(message, min(seconds, left), refer)
            self.reached = True
        except WorkerDied as death:
            self.broken = self._death(death, name, seconds if seconds < left else None)
            raise self.broken from None
        finally:
            # Only the wait for the student's code counts: a slow check is no fault of theirs.
            self.budget -= time.monotonic() - started
        self.answered = name, self._open_answer(told, name, owner)
        self.looked_up = message["do"] == "get"
        return self.answered[1]

    def _open_answer(self, told: dict[str, Any], name: str, owner: str = "") -> Any:
        if "ok" in told:
            return handles(told["ok"], self)
        note = self.notes[0] if self.notes and not owner else ""
        raise StudentFailure(unanswered.refused(told, name, owner or self._file(), note))

    def _death(self, death: WorkerDied, name: str, limit: float | None) -> StudentFailure:
        where = self.last.where if self.last else ""
        had = f"the {limit:g} s for one call" if limit else f"{self.limits.run_seconds:g} s in all"
        return StudentFailure(unanswered.died(death, name, had, where))
