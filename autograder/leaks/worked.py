"""What the answers of a master come to: its statements worked out, without what is heavy."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from autograder.leaks.shapes import parsed
from autograder.leaks.spot import Spot
from autograder.release.regions import regions

# What a master may import here. What needs more, such as torch, is not worked out: no answer
# on paper does, and starting it would take longer than the whole search.
_LIGHT = frozenset(
    [
        *("numpy", "sympy", "math", "cmath", "fractions", "decimal", "statistics"),
        *("itertools", "functools", "collections", "operator"),
    ]
)
_DONE = (ast.Assign, ast.AnnAssign, ast.AugAssign, ast.FunctionDef, ast.ClassDef, ast.For)
# How many values are looked at in one answer: more are data, which are recorded as files.
MOST = 2000


@dataclass(frozen=True)
class Answer:
    """A value that a solution region binds at the top of a master, and its name there.

    `value` is a number, a truth, a text, a formula of sympy, or lists of these.
    """

    name: str
    value: Any
    spot: Spot


def worked_out(sources: Mapping[str, str]) -> Iterator[Answer]:
    """Yield every answer that the masters come to, those in a dictionary each for itself."""
    for file, source in sources.items():
        for name, value, spot in _bound(file, source):
            if isinstance(value, dict):
                for key, inner in list(value.items())[:MOST]:
                    if isinstance(key, str):
                        yield Answer(key, plain(inner), spot)
            else:
                yield Answer(name, plain(value), spot)


def plain(value: Any, depth: int = 8) -> Any:
    """Return arrays and matrices as lists, numbers as Python's; None for what is neither."""
    if isinstance(value, (bool, int, float, str)):
        return value
    if hasattr(value, "free_symbols") and hasattr(value, "is_number"):
        return _number(value) if value.is_number else value
    if hasattr(value, "tolist") and depth:
        size = getattr(value, "size", 0)
        return None if isinstance(size, int) and size > MOST else plain(value.tolist(), depth - 1)
    if isinstance(value, (list, tuple)) and len(value) <= MOST and depth:
        return [plain(inner, depth - 1) for inner in value]
    return _number(value)


def _number(value: Any) -> float | None:
    """Return a fraction, a root and the like as a number; None for what is none."""
    try:
        return float(value) if hasattr(value, "__float__") else None
    except (TypeError, ValueError, OverflowError):
        return None


def _bound(file: str, source: str) -> Iterator[tuple[str, Any, Spot]]:
    """Yield (name, value, spot) of what the solution regions of a source bind at its top."""
    found = regions(source)
    tree = parsed(source) or ast.Module([], [])
    space: dict[str, Any] = {"__name__": "worked"}
    bound: dict[str, Spot] = {}
    for statement in tree.body:
        last = statement.end_lineno or statement.lineno
        if not _work_out(statement, space):
            continue
        held = any(r.first <= statement.lineno and last <= r.last for r in found)
        for name in _names(statement):
            bound.pop(name, None)
            if held:
                bound[name] = Spot(file, statement.lineno, last)
    for name, spot in bound.items():
        yield name, space.get(name), spot


def _work_out(statement: ast.stmt, space: dict[str, Any]) -> bool:
    """Run a statement of the master, and tell whether it ran: what cannot run tells nothing."""
    if isinstance(statement, (ast.Import, ast.ImportFrom)):
        if not all(name.split(".")[0] in _LIGHT for name in _modules(statement)):
            return False
    elif not isinstance(statement, _DONE):
        return False
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            exec(compile(ast.Module([statement], []), "the master", "exec"), space)
    except Exception:
        return False
    return True


def _modules(statement: ast.Import | ast.ImportFrom) -> list[str]:
    if isinstance(statement, ast.ImportFrom):
        return [statement.module or ""]
    return [alias.name for alias in statement.names]


def _names(statement: ast.stmt) -> Iterator[str]:
    """Yield the names that a statement binds to values."""
    targets = statement.targets if isinstance(statement, ast.Assign) else []
    if isinstance(statement, (ast.AnnAssign, ast.AugAssign)):
        targets = [statement.target]
    for target in targets:
        for node in ast.walk(target):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                yield node.id
