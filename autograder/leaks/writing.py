"""How a shape is written: the text of code without its names, its layout and its docstrings."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field

_SILENT = frozenset(
    {
        "ctx",
        "type_comment",
        "kind",
        "returns",
        "annotation",
        "type_params",
        "simple",
        "type_ignores",
    }
)
_IMPORTS = (ast.Import, ast.ImportFrom, ast.Global, ast.Nonlocal, ast.Pass)
# A tuple may be written as a list, and a value be declared with a type.
_ALIKE = {ast.Tuple: "List", ast.AnnAssign: "Assign"}


class Enough(Exception):
    """The shape has told enough."""


@dataclass
class Writing:
    """A shape that is being written; `told` is its weight so far."""

    enough: int
    parts: list[str] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)
    anchors: set[str] = field(default_factory=set)
    told: int = 0
    last: int = 0

    def say(self, part: str, weight: int) -> None:
        self.parts.append(part)
        self.told += weight
        if self.told >= self.enough:
            raise Enough

    def name(self, word: str) -> None:
        self.say(self.names.setdefault(word, f"${len(self.names)}"), 1)

    def anchor(self, word: str, part: str) -> None:
        self.anchors.add(word)
        self.say(part, 2)


def silent(statement: ast.AST) -> bool:
    """Tell whether a statement does nothing that could be told: docstrings, imports, pass."""
    if isinstance(statement, ast.Expr):
        value = statement.value
        return isinstance(value, ast.Constant) and isinstance(value.value, (str, type(...)))
    return isinstance(statement, _IMPORTS)


def write(node: ast.AST, to: Writing) -> None:
    to.last = max(to.last, getattr(node, "lineno", 0))
    if isinstance(node, ast.Name):
        to.name(node.id)
    elif isinstance(node, ast.arg):
        to.name(node.arg)
    elif isinstance(node, ast.Constant):
        _constant(node.value, to)
    elif isinstance(node, ast.Attribute):
        _attribute(node, to)
    elif isinstance(node, ast.keyword):
        to.anchor(node.arg or "", f"{node.arg}=")
        write(node.value, to)
    elif isinstance(node, ast.UnaryOp) and _negative(node):
        to.say("-", 0)
        write(node.operand, to)
    else:
        _write_other(node, to)


def _write_other(node: ast.AST, to: Writing) -> None:
    kind = type(node)
    to.say(f"({_ALIKE.get(kind, kind.__name__)}", 0 if kind in (ast.Expr, ast.arguments) else 1)
    for name, value in ast.iter_fields(node):
        if name in _SILENT:
            continue
        if isinstance(value, list):
            for item in value:
                if isinstance(item, ast.AST) and not silent(item):
                    write(item, to)
                elif isinstance(item, str):
                    to.name(item)
        elif isinstance(value, ast.AST):
            write(value, to)
        elif isinstance(value, str):
            to.name(value)
        elif value is not None:
            to.say(str(value), 0)
    to.say(")", 0)


def _attribute(node: ast.Attribute, to: Writing) -> None:
    if isinstance(node.value, ast.Name) and node.value.id == "self":
        to.say("self", 0)
        to.name(f"self.{node.attr}")
    else:
        write(node.value, to)
        to.anchor(node.attr, f".{node.attr}")


def _negative(node: ast.UnaryOp) -> bool:
    return isinstance(node.op, ast.USub) and isinstance(node.operand, ast.Constant)


def _constant(value: object, to: Writing) -> None:
    """Write a constant; 1e-3 is 0.001, 2.0 is 2, and a long text is told by its start."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        value = int(value)
    if isinstance(value, (str, bytes)):
        if isinstance(value, str) and value.isidentifier():
            to.anchors.add(value)
        to.say(repr(" ".join(str(value).split())[:200]), 2)
    elif isinstance(value, int) and value.bit_length() > 256:
        to.say(hex(value), 2)
    else:
        to.say(repr(value), 1)
