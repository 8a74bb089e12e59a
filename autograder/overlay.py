"""Known wrong and other right answers: what they promise, and how they lie over the master.

An overlay is a Python file that holds only what differs from the master: it is appended,
and its later definitions win. Or it is a folder with such a file and other hand-in files,
which replace the master's.
"""

from __future__ import annotations

import ast
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from autograder.assignment import Assignment, Handin
from autograder.junk import CONTENTS, KINDS, junk_module
from autograder.release.regions import split_lines

_LOSES = re.compile(r"^\s*loses:(.*)$", re.M)
_HINT = re.compile(r"^\s*hint:(.*)$", re.M)
_QUOTES = "\"'` \t"


class OverlayError(ValueError):
    """An overlay cannot be used; the text says what is wrong and what to do."""


@dataclass(frozen=True)
class Overlay:
    """One file or folder of `wrong/` or `right/`, and what its docstring says.

    `about` is the first line; `loses` and `hint` are empty for a right answer.
    """

    kind: str
    path: Path
    about: str = ""
    loses: tuple[str, ...] = ()
    hint: str = ""

    @property
    def name(self) -> str:
        return self.path.stem if self.path.suffix == ".py" else self.path.name

    @property
    def label(self) -> str:
        return f"{self.kind}/{self.name}"


def overlay_paths(assignment: Assignment, kind: str) -> list[Path]:
    """Return the Python files and folders in the solution's `wrong` or `right`, sorted."""
    assert assignment.solution is not None
    found = (assignment.solution / kind).glob("*")
    proper = (p for p in found if p.name[0] not in "._" and (p.is_dir() or p.suffix == ".py"))
    return sorted(proper)


def read_overlay(assignment: Assignment, kind: str, path: Path) -> Overlay:
    """Read what an overlay promises; raises OverlayError when a wrong one says too little."""
    source = path / assignment.module if path.is_dir() else path
    says = _docstring(source) if source.is_file() else ""
    about = says.strip().split("\n")[0].strip()
    if kind != "wrong":
        return Overlay(kind, path, about)
    if not source.is_file():
        raise OverlayError(f"holds no {assignment.module}: its docstring must name the mistake")
    loses = _only_line(_LOSES, says, "loses: q1")
    hint = _only_line(_HINT, says, "hint: a part of the hint")
    return Overlay(kind, path, about, tuple(re.findall(r"\w+", loses)), hint.strip(_QUOTES))


def _docstring(source: Path) -> str:
    return ast.get_docstring(_parse(source)) or ""


def _parse(source: Path) -> ast.Module:
    try:
        return ast.parse(source.read_text(encoding="utf-8"))
    except SyntaxError as error:
        raise OverlayError(f"is not valid Python (line {error.lineno}: {error.msg})") from None
    except ValueError as error:
        raise OverlayError(f"cannot be read: {error}") from None


def _only_line(pattern: re.Pattern[str], says: str, form: str) -> str:
    found = [line.strip() for line in pattern.findall(says)]
    if len(found) == 1 and found[0].strip(_QUOTES):
        return str(found[0])
    count = "no" if not found else "an empty" if len(found) == 1 else "more than one"
    raise OverlayError(f"has {count} line `{form}` in its docstring: write exactly one")


def write_overlay(assignment: Assignment, overlay: Overlay | None, folder: Path) -> None:
    """Write the master's hand-in files into `folder`, with the overlay over them.

    Of each hand-in, what an overlay folder brings (under any of its names) replaces what the
    master has. Raises OverlayError when the overlay is no valid Python.
    """
    assert assignment.solution is not None
    brought = overlay.path if overlay is not None and overlay.path.is_dir() else None
    for handin in assignment.files:
        new = _present(brought, handin) if brought is not None else []
        module = handin.name == assignment.module
        if overlay is not None and module and (brought is None or handin.name in new):
            addition = overlay.path / handin.name if brought is not None else overlay.path
            _append(assignment.solution / handin.name, addition, folder / handin.name)
            continue
        origin = brought if new and brought is not None else assignment.solution
        for name in new or _present(assignment.solution, handin)[:1]:
            shutil.copyfile(origin / name, folder / name)


def _present(folder: Path, handin: Handin) -> list[str]:
    return [name for name in (handin.name, *handin.instead) if (folder / name).is_file()]


def _append(master: Path, addition: Path, target: Path) -> None:
    source = addition.read_text(encoding="utf-8")
    lines = split_lines(source)
    for statement in _parse(addition).body:
        # A future import must open a module; the master's own holds for the whole of it.
        if isinstance(statement, ast.ImportFrom) and statement.module == "__future__":
            for number in range(statement.lineno - 1, statement.end_lineno or statement.lineno):
                lines[number] = "\n"
    text = master.read_text(encoding="utf-8") + "\n\n\n" + "".join(lines)
    target.write_text(text, encoding="utf-8")


def write_junk(assignment: Assignment, kind: str, folder: Path) -> None:
    """Write a submission of junk of one kind into `folder`: every hand-in, none of use."""
    assert assignment.solution is not None
    turn = list(KINDS).index(kind)
    for handin in assignment.files:
        master = assignment.solution / handin.name
        if not handin.name.endswith(".py"):
            (folder / handin.name).write_bytes(CONTENTS[turn % len(CONTENTS)])
        elif master.is_file():
            source = junk_module(master.read_text(encoding="utf-8"), kind)
            (folder / handin.name).write_text(source, encoding="utf-8")
