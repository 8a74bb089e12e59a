"""What a check sees as `student`: names that answer with data, or with handles."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from autograder.assignment import Limits
from autograder.report import Finding, clean
from autograder.wall import wire
from autograder.wall.failure import StudentFailure
from autograder.wall.launch import Ref, Worker, WorkerDied

IMPORT_SECONDS = 5.0


class Transport(Protocol):
    """A way to reach a student's session: a worker process, or inline."""

    alive: bool
    layers: dict[str, str]

    def ask(self, message: dict[str, Any], seconds: float, keep: wire.Keep) -> dict[str, Any]: ...
    def output(self) -> str: ...
    def forget_output(self) -> None: ...
    def kill(self) -> None: ...


class WorkerTransport(Worker):
    """A worker process as a transport."""

    def output(self) -> str:
        time.sleep(0.01)  # what was printed travels apart from the answer
        return self.printed.text()

    def forget_output(self) -> None:
        self.printed.reset()


class InlineTransport:
    """The student's code in this very process: for pytest, notebooks and debuggers.

    Values pass through the same encoding as through a worker, so a check sees the same.
    """

    def __init__(self, module: Path | None, namespace: dict[str, Any] | None = None) -> None:
        from autograder.wall.worker import Session

        self.session = Session(module, namespace)
        self.alive = True
        self.layers = {"process": "inline"}

    def ask(self, message: dict[str, Any], seconds: float, keep: wire.Keep) -> dict[str, Any]:
        from autograder.wall.worker import rebuild, reply

        packed = wire.pack({"id": 0, **message}, keep)
        answer = reply(self.session, wire.unpack(packed, self.session.resolve, rebuild))
        unpacked: dict[str, Any] = wire.unpack(answer, Ref.of)
        return unpacked

    def output(self) -> str:
        return ""

    def forget_output(self) -> None:
        pass

    def kill(self) -> None:
        self.alive = False


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

    def __init__(self, module: Path, limits: Limits, *, inline: bool = False) -> None:
        self.module = module
        self.limits = limits
        self.inline = inline
        self.ends = time.monotonic() + limits.run_seconds
        self.transport: Transport = self._open()
        self.loaded = False
        self.broken: StudentFailure | None = None
        self.unimportable: StudentFailure | None = None
        self.last: Call | None = None
        self.notes: tuple[str, ...] = ()

    @staticmethod
    def around(namespace: dict[str, Any]) -> Exchange:
        """Converse inline with names that exist already: a notebook's globals."""
        exchange = Exchange(Path("notebook"), Limits(), inline=True)
        exchange.transport = InlineTransport(None, namespace)
        exchange.loaded = True
        return exchange

    def _open(self) -> Transport:
        if self.inline:
            return InlineTransport(self.module)
        return WorkerTransport(self.module, self.limits)

    def renew(self) -> None:
        """Make ready for the next check: a fresh worker if the last one is gone."""
        self.broken = None
        self.last = None
        if not self.transport.alive:
            self.transport = self._open()
            self.loaded = False
        self.transport.forget_output()

    def close(self) -> None:
        self.transport.kill()

    def get(self, of: int, name: str) -> Any:
        return self._request({"do": "get", "of": of, "name": name}, name)

    def call(self, handle: Handle, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        ref: Ref = handle._ref
        where = f"{self._file()}:{ref.line} {ref.name}" if ref.line else ""
        self.last = Call(ref.name or ref.type, args, kwargs, where)
        message = {"do": "call", "of": ref.id, "args": args, "kwargs": kwargs}
        return self._request(message, ref.name or ref.type)

    def sheet(self, path: Path, *, values: bool) -> list[list[Any]]:
        """Read a spreadsheet in the worker: cached values, or formulas as text."""
        message = {"do": "sheet", "path": str(path), "values": values}
        rows: list[list[Any]] = self._request(message, path.name)
        return rows

    def _file(self) -> str:
        return self.module.name.replace(".cells.json", ".ipynb")

    def _load(self) -> None:
        if self.unimportable is not None:
            raise self.unimportable
        if self.loaded:
            return
        try:
            notes = self._send({"do": "load"}, self._file(), self.limits.call_seconds + IMPORT_SECONDS)
        except StudentFailure as failure:
            self.unimportable = _import_failure(failure, self._file())
            raise self.unimportable from None
        self.notes = tuple(clean(str(note), 300) for note in notes)
        self.loaded = True

    def _request(self, message: dict[str, Any], name: str) -> Any:
        if self.broken is not None:
            raise self.broken
        self._load()
        return self._send(message, name, self.limits.call_seconds)

    def _send(self, message: dict[str, Any], name: str, seconds: float) -> Any:
        left = self.ends - time.monotonic()
        try:
            answer = self.transport.ask(message, max(0.01, min(seconds, left)), _refer)
        except WorkerDied as death:
            self.broken = self._death(death, name, seconds if seconds < left else None)
            raise self.broken from None
        return self._open_answer(answer, name)

    def _open_answer(self, answer: dict[str, Any], name: str) -> Any:
        if "ok" in answer:
            return _handles(answer["ok"], self)
        if "missing" in answer:
            raise StudentFailure(self._missing(answer, name))
        if "raised" in answer:
            raise StudentFailure(self._raised(answer["raised"], name))
        reason = clean(str(answer.get("unsendable", "")), 200)
        message = f"{name} gave back something that cannot be graded: {reason}"
        raise StudentFailure(Finding("type", message))

    def _missing(self, answer: dict[str, Any], name: str) -> Finding:
        from difflib import get_close_matches

        found = [str(n) for n in answer["found"]]
        near = get_close_matches(name, found, 3) or found[:8]
        seen = f"; it has {clean(', '.join(near), 200)}" if near else "; it defines nothing"
        return Finding(
            "missing",
            f"{self._file()} has no {name}{seen}",
            f"define {name} in {self._file()}, spelled exactly so",
        )

    def _raised(self, raised: dict[str, Any], name: str) -> Finding:
        kind, said = clean(str(raised["type"]), 100), clean(str(raised["message"]), 2000)
        frames = [(str(f), int(n), str(w), str(s)) for f, n, w, s in raised["frames"]]
        where = " ".join(f"{f}:{n} {w}".strip() for f, n, w, _ in frames[-1:])
        trace = "\n".join(f"{f}:{n} in {w}\n    {s}" for f, n, w, s in frames)
        if kind == "NotImplementedError" and raised["builtin"] is True:
            return Finding("unwritten", f"{name} is not written yet", where=clean(where, 200))
        if kind == "SystemExit":
            said = "your code asked the whole program to stop; return a value instead"
        return Finding(
            "raised",
            f"{name} raised {kind}: {said}" if said else f"{name} raised {kind}",
            where=clean(where, 200),
            traceback=clean(f"{trace}\n{kind}: {said}".strip()),
            exception=kind if raised["builtin"] is True and kind in _EXCEPTIONS else "",
        )

    def _death(self, death: WorkerDied, name: str, limit: float | None) -> StudentFailure:
        where = self.last.where if self.last else ""
        if not death.timeout:
            message = f"while running {name}, {death}"
            hint = "a graded file must not end or replace the process it runs in"
            return StudentFailure(Finding("died", message, hint, where=where))
        took = f"the {limit:g} s for one call" if limit else f"{self.limits.run_seconds:g} s in all"
        message = f"{name} did not finish within {took}"
        hint = "look for a loop that never ends, or for work that grows too fast"
        return StudentFailure(Finding("timeout", message, hint, where=where))


def _builtin_exceptions() -> frozenset[str]:
    import builtins

    return frozenset(
        name
        for name, kind in vars(builtins).items()
        if isinstance(kind, type) and issubclass(kind, BaseException)
    )


_EXCEPTIONS = _builtin_exceptions()


def _import_failure(failure: StudentFailure, file: str) -> StudentFailure:
    from dataclasses import replace

    found = failure.finding
    return StudentFailure(replace(found, kind="import", message=f"importing {found.message}"))


def _refer(value: Any) -> dict[str, Any]:
    if isinstance(value, Handle):
        return {"!": "ref", "id": value._ref.id}
    sympy_value = getattr(type(value), "free_symbols", None)
    reason = "a formula of an unknown kind" if sympy_value else f"a {type(value).__name__}"
    raise wire.WireError(f"{reason} cannot be sent to the student's code")


def _handles(value: Any, exchange: Exchange) -> Any:
    """Replace every `Ref` in an answer by a handle that can be called."""
    if isinstance(value, Ref):
        return Handle(exchange, value)
    if isinstance(value, list):
        return [_handles(item, exchange) for item in value]
    if isinstance(value, tuple):
        return tuple(_handles(item, exchange) for item in value)
    if isinstance(value, dict):
        return {key: _handles(item, exchange) for key, item in value.items()}
    return value


class Handle:
    """An object that stayed with the student: call it, or call its methods."""

    __slots__ = ("_exchange", "_ref")

    def __init__(self, exchange: Exchange, ref: Ref) -> None:
        self._exchange = exchange
        self._ref = ref

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._exchange.call(self, args, kwargs)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return self._exchange.get(self._ref.id, name)

    def __repr__(self) -> str:
        return f"<{self._ref.type} {self._ref.name}>".replace(" >", ">")


class Student:
    """The student's module: `student.name` is data, or a handle."""

    __slots__ = ("_exchange",)

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return self._exchange.get(0, name)
