"""The shape of Python code: what is left when names, comments, spacing and docstrings are free.

A shape begins at one statement and reads on, through the statements after it, until it has
told enough to be no accident. Every name becomes the number of its first appearance; fields of
`self` are names too. What cannot be renamed stays: attributes, keywords, constants, operators.
"""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from autograder.leaks.writing import Enough, Writing, silent, write

# How much a shape must tell before it counts; calibrated so that no two programs of a course
# that were written apart share one.
TELLING = 24
# How much the shape of a known mistake must tell: mistakes are close to what is public. And how
# much the toolkit may share with a solution, in a row and as a function: it crops images too.
OF_MISTAKES, OF_TOOLKIT, TOOLKIT_FUNCTION = 30, 80, 60
# How much a whole function or a whole expression must tell, and what is written of it at most.
FUNCTION, EXPRESSION, WHOLE = 17, 16, 3000


@dataclass(frozen=True)
class Shape:
    """The text of a shape, the lines it was read from, and the words no renaming changes.

    `from_line` is where it begins for the question who wrote it: of a function the body,
    since its head is given.
    """

    text: str
    first: int
    last: int
    anchors: frozenset[str]
    from_line: int


def parsed(source: str) -> ast.Module | None:
    """Return the tree of a source, or None where it is no Python."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def every_shape(tree: ast.AST) -> Iterator[Shape]:
    """Yield every shape that may be secret: of statements, whole functions and values."""
    yield from shapes(tree, TELLING)
    yield from shapes(tree, OF_MISTAKES)
    yield from functions(tree, FUNCTION)
    yield from expressions(tree)


def long_shapes(tree: ast.AST) -> Iterator[Shape]:
    """Yield the shapes that not even the toolkit may share with a solution."""
    yield from shapes(tree, OF_TOOLKIT)
    yield from functions(tree, TOOLKIT_FUNCTION)


def shapes(tree: ast.AST, enough: int) -> Iterator[Shape]:
    """Yield a shape from each statement whose block goes on for long enough."""
    for block in blocks(tree):
        for start in range(len(block)):
            # Every statement tells something, so that no shape has more of them than it tells.
            if (shape := _shape(block[start : start + enough], enough)) is not None:
                yield shape


def functions(tree: ast.AST, least: int) -> Iterator[Shape]:
    """Yield the shape of each whole function; its own lines are those of its body."""
    for node in ast.walk(tree):
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            continue
        body, shape = _spoken(node.body), _whole(node, least)
        if body and shape is not None:
            yield replace(shape, from_line=body[0].lineno)


def expressions(tree: ast.AST) -> Iterator[Shape]:
    """Yield the shape of each value that is assigned, returned or passed on."""
    for node in ast.walk(tree):
        value = getattr(node, "value", None)
        values = [*node.args] if isinstance(node, ast.Call) else [value]
        if isinstance(node, ast.Dict):
            values = [*node.values]
        for inner in values:
            if isinstance(inner, ast.expr) and (shape := _whole(inner, EXPRESSION)) is not None:
                yield shape


def blocks(tree: ast.AST) -> Iterator[list[ast.stmt]]:
    """Yield the statements of every block, without docstrings and imports."""
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        for _, value in ast.iter_fields(node):
            if isinstance(value, ast.AST):
                waiting.append(value)
            elif isinstance(value, list):
                nodes = [item for item in value if isinstance(item, ast.AST)]
                waiting += nodes
                if statements := [n for n in nodes if isinstance(n, ast.stmt)]:
                    yield _spoken(statements)


def _spoken(statements: Sequence[ast.stmt]) -> list[ast.stmt]:
    return [s for s in statements if not silent(s)]


def _shape(nodes: Sequence[ast.AST], enough: int) -> Shape | None:
    writing = Writing(enough)
    try:
        for node in nodes:
            write(node, writing)
    except Enough:
        return _read(writing, nodes[0], "")
    except RecursionError:
        return None
    return None


def _whole(node: ast.AST, least: int) -> Shape | None:
    """Return the shape of all of a node; None where it tells less than `least` or has no end."""
    writing = Writing(WHOLE)
    try:
        write(node, writing)
    except (Enough, RecursionError):
        return None
    return _read(writing, node, "whole ") if writing.told >= least else None


def _read(writing: Writing, node: ast.AST, mark: str) -> Shape:
    first = getattr(node, "lineno", 0)
    text = mark + " ".join(writing.parts)
    last = max(writing.last, first)
    return Shape(text, first, last, frozenset(writing.anchors), first)
