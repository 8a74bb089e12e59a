"""The student's module, answering one message at a time: in a worker, or inline."""

from __future__ import annotations

import builtins
import json
import os
import sys
from collections.abc import Mapping
from itertools import islice
from pathlib import Path
from types import CodeType, ModuleType, TracebackType
from typing import Any

from autograder.wall.stand_ins import kernel_builtins

FRAMES = 12
MESSAGE_LIMIT = 2000
NAMES_LIMIT = 40
ROWS_LIMIT = 5000


class Session:
    """The student's module and what it handed out, answering one message at a time.

    `through` are the exceptions that belong to whoever runs this inline, such as Ctrl-C.
    """

    def __init__(
        self,
        path: Path | None = None,
        namespace: Mapping[str, Any] | None = None,
        through: tuple[type[BaseException], ...] = (),
    ):
        self.path = path
        self.through = through
        self.sources: dict[str, list[str]] = {}
        self.module = ModuleType(path.name.split(".")[0] if path else "notebook")
        self.notes: list[str] = []
        self.kept: dict[int, Any] = {0: self.module}
        self.loaded: dict[str, Any] | None = None
        if namespace is not None:
            self.module.__dict__.update(namespace)

    def answer(self, message: dict[str, Any]) -> dict[str, Any]:
        """Carry out one message; what the student's code raises becomes part of the answer."""
        if message["do"] == "load":
            return self.load()
        return self.carry_out(message)

    def load(self) -> dict[str, Any]:
        """Import the module, once; a second time the first answer is given again."""
        if self.loaded is None:
            self.loaded = self.carry_out({"do": "load"})
        return self.loaded

    def carry_out(self, message: dict[str, Any]) -> dict[str, Any]:
        try:
            return {"ok": getattr(self, "do_" + message["do"])(message)}
        except self.through:
            raise
        except _Missing as missing:
            return {"missing": missing.args[0], "found": missing.args[1]}
        except BaseException as error:
            return {"raised": self.describe(error)}

    def do_load(self, message: dict[str, Any]) -> list[str]:
        """Import the module; a notebook's cells run one by one, each failing alone."""
        assert self.path is not None
        if str(self.path.parent) not in sys.path:
            sys.path.insert(0, str(self.path.parent))
        sys.modules[self.module.__name__] = self.module
        self.module.__file__ = str(self.path)
        if self.path.suffix == ".json":
            self.module.__dict__["__builtins__"] = kernel_builtins()
            for cell in json.loads(self.path.read_text(encoding="utf-8")):
                self.run_cell(cell["name"], cell["source"])
        else:
            self.run(str(self.path), self.path.read_bytes())
        return self.notes

    def run(self, name: str, source: bytes) -> None:
        """Run source in the module; Python reads its BOM and its coding line."""
        self.sources[name] = source.decode("utf-8-sig", "replace").splitlines()
        # This file's own `from __future__` must not change the meaning of the student's.
        exec(compile(source, name, "exec", dont_inherit=True), self.module.__dict__)

    def run_cell(self, name: str, source: str) -> None:
        try:
            self.run(name, source.encode("utf-8", "replace"))
        except self.through:
            raise
        except BaseException as error:
            told = self.describe(error)
            place = told["frames"][-1][1] if told["frames"] else 0
            self.notes.append(f"{name}, line {place}: {told['type']}: {told['message']}")

    def do_get(self, message: dict[str, Any]) -> Any:
        return self.attribute(message["of"], message["name"])

    def do_call(self, message: dict[str, Any]) -> Any:
        target = self.kept[message["of"]]
        return target(*message["args"], **message["kwargs"])

    def do_ours(self, message: dict[str, Any]) -> Any:
        """Run a function of the toolkit beside the student's objects: record, train, load."""
        from importlib import import_module

        function = getattr(import_module(message["module"]), message["function"])
        return function(self, *message["args"])

    def do_sheet(self, message: dict[str, Any]) -> Any:
        """Read a spreadsheet's cells: cached values, or formulas as text."""
        from openpyxl import load_workbook

        book = load_workbook(message["path"], read_only=True, data_only=message["values"])
        book.worksheets[0].reset_dimensions()  # the size that a file claims is not believed
        rows = islice(book.worksheets[0].iter_rows(values_only=True), ROWS_LIMIT)
        keep = (int, float, str, bool)
        return [[cell if isinstance(cell, keep) else None for cell in row[:100]] for row in rows]

    def attribute(self, of: int, name: str) -> Any:
        target = self.kept[of]
        try:
            return getattr(target, name)
        except AttributeError:
            raise _Missing(name, _own_names(target)) from None

    def keep(self, value: Any) -> dict[str, Any]:
        """Give `value` a number; say what it is, for messages only."""
        number = len(self.kept)
        self.kept[number] = value
        code = getattr(value, "__code__", None)
        file, line = "", 0
        if isinstance(code, CodeType) and self.owns(code.co_filename):
            file, line = self.base(code.co_filename), code.co_firstlineno
        return {
            "!": "ref",
            "id": number,
            "type": _name(type(value)),
            "name": str(getattr(value, "__name__", "")),
            "file": file,
            "line": line,
            "callable": callable(value),
        }

    def resolve(self, ref: dict[str, Any]) -> Any:
        return self.kept[ref["id"]]

    def describe(self, error: BaseException) -> dict[str, Any]:
        """Return an exception as text: type, message and the student's own frames."""
        try:
            return self.described(error)
        except BaseException:  # an exception class may fail at whatever it is asked
            said = "(its message cannot be read)"
            return {"type": _name(type(error)), "builtin": False, "message": said, "frames": []}

    def described(self, error: BaseException) -> dict[str, Any]:
        message, frames = str(error), self.frames(error.__traceback__)
        if isinstance(error, SyntaxError) and not frames:
            line = error.lineno if isinstance(error.lineno, int) else 0
            text = error.text if isinstance(error.text, str) else ""
            frames = [[self.base(str(error.filename)), line, "", text.strip()[:200]]]
            message = str(error.msg)
        name = _name(type(error))
        known = getattr(builtins, name, None)  # numpy's MemoryError is a subclass of that name
        return {
            "type": name,
            "builtin": isinstance(known, type) and isinstance(error, known),
            "message": message[:MESSAGE_LIMIT],
            "frames": frames,
        }

    def frames(self, trace: TracebackType | None) -> list[list[Any]]:
        found = []
        while trace is not None:
            code = trace.tb_frame.f_code
            if self.owns(code.co_filename):
                found.append((code.co_filename, trace.tb_lineno, code.co_name))
            trace = trace.tb_next
        found = found if len(found) <= FRAMES else found[:3] + found[-FRAMES + 3 :]
        return [[self.base(file), n, name, self.line(file, n)] for file, n, name in found]

    def owns(self, filename: str) -> bool:
        """Tell whether code comes from the student: a file beside the module, or a cell."""
        if self.path is None or filename in self.sources:
            return True
        return os.path.dirname(os.path.abspath(filename)) == str(self.path.parent)

    def base(self, filename: str) -> str:
        return os.path.basename(filename)

    def line(self, filename: str, number: int) -> str:
        lines = self.sources.get(filename, [])
        return lines[number - 1].strip()[:200] if 0 < number <= len(lines) else ""


class _Missing(Exception):
    """A name that the student's module or object does not have, and those it has."""


def _own_names(target: Any) -> list[str]:
    """List what could have been meant: public names that are not imported modules."""
    names = [n for n in dir(target) if not n.startswith("_")]
    own = [n for n in names if not isinstance(getattr(target, n, None), ModuleType)]
    return own[:NAMES_LIMIT]


def _name(kind: type) -> str:
    return str(getattr(kind, "__name__", "object"))[:100]


def reply(session: Session, message: dict[str, Any]) -> bytes:
    """Answer one decoded message as bytes, whatever the value turns out to be."""
    from autograder.wall import wire

    answer = session.answer(message)
    try:
        return wire.pack({"id": message["id"], **answer}, session.keep)
    except BaseException as error:
        reason = str(error) if isinstance(error, wire.WireError) else type(error).__name__
        return wire.pack({"id": message["id"], "unsendable": reason})


def rebuild(value: Any) -> Any:
    """Turn the judge's formula into a sympy expression or matrix, its tensor into torch's."""
    if hasattr(value, "dtype"):
        from importlib import import_module

        import numpy

        torch = import_module("torch")
        return torch.from_numpy(numpy.asarray(value))
    import sympy

    from autograder.wall.formula import parse

    if hasattr(value, "rows"):
        cells = [parse(cell) for row in value.rows for cell in row]
        return sympy.Matrix(len(value.rows), value.columns, cells)
    return parse(value.text)
