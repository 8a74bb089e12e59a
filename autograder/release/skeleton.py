"""The skeleton: the master without its solution regions.

A region stands between `# BEGIN SOLUTION` and `# END SOLUTION`, each alone on its line, or
is one assignment that ends in `# SOLUTION`. Inside a function it becomes
`raise NotImplementedError("write NAME")`; in a module or class every name that it assigns
becomes `NAME = None  # your answer`, and its functions, classes and imports are dropped.
Every other line stays as it is, byte for byte.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from autograder.assignment import Assignment
from autograder.release.regions import (
    TRAILING,
    Region,
    SkeletonError,
    parse,
    regions,
    split_lines,
)

__all__ = ["SkeletonError", "cut", "regions", "skeletons", "stale", "write_skeleton"]

# What has a scope of its own: what is assigned in there is no name of the block.
_INNER = (
    ast.FunctionDef,
    ast.AsyncFunctionDef,
    ast.ClassDef,
    ast.Lambda,
    ast.ListComp,
    ast.SetComp,
    ast.DictComp,
    ast.GeneratorExp,
)
_WHOLE = "a solution must hold whole statements of one block"
Function = (ast.FunctionDef, ast.AsyncFunctionDef)
Scope = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | None


@dataclass(frozen=True)
class _Place:
    """Where a region lies: the block of statements around it, and whose block that is."""

    block: list[ast.stmt]
    scope: Scope
    inside: list[ast.stmt]


def cut(source: str) -> str:
    """Return `source` without its solution regions; raises SkeletonError.

    A source without regions comes back unchanged.
    """
    tree, lines = parse(source), split_lines(source)
    found = regions(source)
    places = [_place(region, tree.body, None) for region in found]
    for region, place in zip(found, places, strict=True):
        _alone(region, place, lines)
    removed = {id(statement) for place in places for statement in place.inside}
    for region, place in reversed(list(zip(found, places, strict=True))):
        lines[region.first - 1 : region.last] = _replacement(region, place, lines, removed)
    result = "".join(lines)
    parse(result)
    return result


def assigned(statements: list[ast.stmt]) -> list[str]:
    """Return the names that statements assign, in order, not those of inner scopes."""
    return list(dict.fromkeys(name for s in statements for name in _names(s)))


def _place(region: Region, block: list[ast.stmt], scope: Scope) -> _Place:
    """Find the one block whose whole statements the region holds."""
    near = [s for s in block if _first(s) <= region.last and _last(s) >= region.first]
    inside = [s for s in near if region.first <= _first(s) and _last(s) <= region.last]
    if near and near == inside:
        return _proper(region, _Place(block, scope, inside))
    if len(near) == 1 and _first(near[0]) < region.first:
        own = near[0] if isinstance(near[0], (*Function, ast.ClassDef)) else scope
        reached = [b for b in _blocks(near[0]) if _reaches(b, region)]
        if len(reached) == 1:
            return _place(region, reached[0], own)
    if region.trailing:
        raise SkeletonError(region.last, f"{TRAILING!r} must end an assignment of one line")
    if not near:
        raise SkeletonError(region.first, "this solution holds no statement")
    raise SkeletonError(region.first, _WHOLE)


def _proper(region: Region, place: _Place) -> _Place:
    simple = isinstance(place.inside[0], (ast.Assign, ast.AnnAssign, ast.AugAssign))
    if region.trailing and not (simple and len(place.inside) == 1):
        raise SkeletonError(region.last, f"{TRAILING!r} must end an assignment of one line")
    return place


def _alone(region: Region, place: _Place, lines: list[str]) -> None:
    """Refuse a region with half a statement in it, such as `else:` or the end of a `def`."""
    before = lines[region.first : _first(place.inside[0]) - 1]
    after = lines[_last(place.inside[-1]) : region.last]
    if any(line.strip() and not line.lstrip().startswith("#") for line in (*before, *after)):
        raise SkeletonError(region.first, _WHOLE)


def _reaches(block: list[ast.stmt], region: Region) -> bool:
    return any(_first(s) <= region.last and _last(s) >= region.first for s in block)


def _blocks(node: ast.AST) -> Iterator[list[ast.stmt]]:
    for _, value in ast.iter_fields(node):
        if isinstance(value, list) and value and isinstance(value[0], ast.stmt):
            yield value
        elif isinstance(value, list):
            for part in value:
                if isinstance(part, (ast.ExceptHandler, ast.match_case)):
                    yield part.body


def _first(statement: ast.stmt) -> int:
    if isinstance(statement, (*Function, ast.ClassDef)):
        return min([statement.lineno, *(d.lineno for d in statement.decorator_list)])
    return statement.lineno


def _last(statement: ast.stmt) -> int:
    return statement.end_lineno or statement.lineno


def _replacement(region: Region, place: _Place, lines: list[str], removed: set[int]) -> list[str]:
    """Return the lines that stand for a region in the skeleton."""
    row = lines[_first(place.inside[0]) - 1]
    indent = row[: len(row) - len(row.lstrip())]
    ending = lines[region.first - 1][len(lines[region.first - 1].rstrip("\r\n")) :]
    if isinstance(place.scope, Function):
        return [f'{indent}raise NotImplementedError("write {place.scope.name}"){ending}']
    names = assigned(place.inside)
    if not names and indent and all(id(s) in removed for s in place.block):
        return [f"{indent}pass{ending}"]
    return [f"{indent}{name} = None  # your answer{ending}" for name in names]


def _names(node: ast.AST) -> Iterator[str]:
    if isinstance(node, _INNER):
        return
    targets: list[ast.expr] = []
    if isinstance(node, ast.Assign):
        targets = node.targets
    elif isinstance(node, (ast.AnnAssign, ast.AugAssign, ast.NamedExpr)):
        targets = [node.target]
    for target in targets:
        for part in ast.walk(target):
            if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store):
                yield part.id
    for child in ast.iter_child_nodes(node):
        yield from _names(child)


def skeletons(assignment: Assignment) -> dict[str, str]:
    """Return the skeleton of each Python hand-in that the solution folder holds.

    Raises SkeletonError, which then begins with the file, and ValueError without solutions.
    """
    return {name: _cut_file(name, source) for name, source in masters(assignment).items()}


def masters(assignment: Assignment) -> dict[str, str]:
    """Return the source of each Python hand-in in the solution folder."""
    if assignment.solution is None:
        raise ValueError(f"the solutions of {assignment.name} are not here")
    names = [h.name for h in assignment.files if h.name.endswith(".py")]
    paths = {name: assignment.solution / name for name in names}
    return {name: read(path) for name, path in paths.items() if path.is_file()}


def read(path: Path) -> str:
    """Return a source file as text, line endings as they are."""
    with path.open(encoding="utf-8", newline="") as file:
        return file.read()


def write_skeleton(assignment: Assignment) -> list[Path]:
    """Cut the skeletons afresh and return the files that changed; raises SkeletonError."""
    changed = stale(assignment)
    for name in changed:
        with (assignment.folder / name).open("w", encoding="utf-8", newline="") as file:
            file.write(skeletons(assignment)[name])
    return [assignment.folder / name for name in changed]


def stale(assignment: Assignment) -> list[str]:
    """Return the files whose skeleton in the public folder is not what the master gives."""
    fresh = skeletons(assignment)
    there = {name: assignment.folder / name for name in fresh}
    return [n for n, p in there.items() if not p.is_file() or read(p) != fresh[n]]


def _cut_file(name: str, source: str) -> str:
    try:
        return cut(source)
    except SkeletonError as error:
        error.args = (f"{name}, {error}",)
        raise
