"""A skeleton cut into blocks, and the question that each block belongs to.

A block is one statement with the comments that stand right above it, or comments that stand
alone. The first question whose public checks look at a name gets its block; the rest is read
from the comments, which name their question, and from what stands beside it. No block comes
later than what stands behind it in the file, so the sections, run from top to bottom, define
everything in the order of the file. Only a constant that nobody reads may wait for its question.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from autograder.release.regions import split_lines

OPENING = -1

_RULED = re.compile(r"#\s*[-=]{4,}")
_NUMBERED = re.compile(r"#[\s=-]*(\d+)\. ")
_IMPORTS = (ast.Import, ast.ImportFrom)
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


@dataclass(frozen=True)
class Block:
    """The lines `first` to `last` (from 0, `last` left out) and what they define and read."""

    first: int
    last: int
    comment: str
    names: frozenset[str] = frozenset()
    reads: frozenset[str] = frozenset()
    kind: str = "comment"  # or "import", "definition", "constant", "other"
    open: bool = False

    def touches(self, other: Block) -> bool:
        """Tell whether the two may not change places."""
        return bool(self.names & (other.names | other.reads) or self.reads & other.names)


def sections(source: str, questions: Sequence[str], grader: ast.Module) -> dict[int, str]:
    """Return the text of each section of `source`: OPENING, or the index of its question."""
    lines = _lines(source)
    found = blocks(source)
    texts: dict[int, list[str]] = {}
    last: dict[int, int] = {}
    for block, at in zip(found, place(found, questions, grader), strict=True):
        text = texts.setdefault(at, [])
        between = lines[last.get(at, block.first) : block.first]
        text += ["", ""] if any(line.strip() for line in between) else between
        text += lines[block.first : block.last]
        last[at] = block.last
    return {at: "\n".join(texts[at]) for at in sorted(texts)}


def _lines(source: str) -> list[str]:
    return [line.rstrip("\r\n") for line in split_lines(source)]


def blocks(source: str) -> list[Block]:
    """Return the blocks of a module from top to bottom; raises SyntaxError."""
    lines, tree = _lines(source), ast.parse(source)
    found: list[Block] = []
    at = 0
    for statement in tree.body:
        marks = getattr(statement, "decorator_list", ())
        start = min([statement.lineno, *(mark.lineno for mark in marks)]) - 1
        end = statement.end_lineno or statement.lineno
        if start < at:  # behind another statement on its line
            found[-1] = _merged(found[-1], _block(statement, lines, start, start, end))
        else:
            apart, above = _comments(lines, at, start)
            found += [*apart, _block(statement, lines, above, start, end)]
        at = end
    return [*found, *_alone(lines, at, len(lines))]


def _merged(one: Block, two: Block) -> Block:
    names, reads = one.names | two.names, one.reads | two.reads
    is_open = one.open or two.open
    return replace(one, last=two.last, names=names, reads=reads, kind="other", open=is_open)


def _block(statement: ast.stmt, lines: list[str], above: int, start: int, end: int) -> Block:
    kind = "other"
    if isinstance(statement, _IMPORTS):
        kind = "import"
    elif isinstance(statement, _DEFINITIONS):
        kind = "definition"
    elif isinstance(statement, (ast.Assign, ast.AnnAssign)):
        kind = "constant"
    named = [node for node in ast.walk(statement) if isinstance(node, ast.Name)]
    read = {n.id for n in named if kind == "other" or isinstance(n.ctx, ast.Load)}
    answer = isinstance(statement, ast.Assign) and ast.unparse(statement.value) == "None"
    return Block(
        first=above,
        last=end,
        comment="\n".join(lines[above:start]),
        names=frozenset(_defined(statement)),
        reads=frozenset(read),
        kind=kind,
        open=answer or "NotImplementedError" in read,
    )


def _defined(statement: ast.stmt) -> Iterator[str]:
    if isinstance(statement, _DEFINITIONS):
        yield statement.name
    elif isinstance(statement, _IMPORTS):
        yield from ((a.asname or a.name.split(".")[0]) for a in statement.names)
    else:
        for node in ast.walk(statement):
            if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
                yield node.id


def _comments(lines: list[str], at: int, start: int) -> tuple[list[Block], int]:
    """Return the comments that stand alone before a statement, and where its own begin."""
    above = start
    while above > at and lines[above - 1].strip():
        above -= 1
    return list(_alone(lines, at, above)), above


def _alone(lines: list[str], at: int, end: int) -> Iterator[Block]:
    """Yield a block for each run of lines that are not blank."""
    first = at
    for number in range(at, end + 1):
        if number == end or not lines[number].strip():
            if number > first:
                yield Block(first, number, "\n".join(lines[first:number]))
            first = number + 1


def mentions(grader: ast.Module, questions: Sequence[str]) -> dict[str, int]:
    """Return the first question (its index) whose checks look at each name of `student`."""
    functions = {s.name: s for s in grader.body if isinstance(s, ast.FunctionDef)}
    first: dict[str, int] = {}
    for check in functions.values():
        question = asked(check)
        if question not in questions:
            continue
        index = questions.index(question)
        for name in _looked_at(check, functions):
            first[name] = min(index, first.get(name, index))
    return first


def asked(check: ast.FunctionDef) -> str:
    """Return the question of `@question("q1")`, "" for a function that is no check."""
    for mark in check.decorator_list:
        if isinstance(mark, ast.Call) and ast.unparse(mark.func).split(".")[-1] == "question":
            named = [*mark.args, *(k.value for k in mark.keywords if k.arg == "id")]
            if named and isinstance(named[0], ast.Constant):
                return str(named[0].value)
    return ""


def _looked_at(check: ast.FunctionDef, functions: dict[str, ast.FunctionDef]) -> Iterator[str]:
    """Yield `student.NAME` and f(student, "NAME"), here and in the functions that are used."""
    seen, left = {check.name}, [check]
    while left:
        for node in ast.walk(left.pop()):
            if isinstance(node, ast.Attribute) and _is_student(node.value):
                yield node.attr
            elif isinstance(node, ast.Call) and any(map(_is_student, node.args)):
                yield from (str(a.value) for a in node.args if isinstance(a, ast.Constant))
            elif isinstance(node, ast.Name) and node.id in functions.keys() - seen:
                seen.add(node.id)
                left.append(functions[node.id])


def _is_student(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id == "student"


def place(found: list[Block], questions: Sequence[str], grader: ast.Module) -> list[int]:
    """Return the section of each block: OPENING or the index of a question."""
    wanted = _wanted(found, questions, mentions(grader, questions))
    places = list(wanted)
    for number in range(len(places) - 2, -1, -1):
        places[number] = min(places[number], places[number + 1])
    for number, (block, later) in enumerate(zip(found, wanted, strict=True)):
        if block.kind == "constant" and places[number] < later:
            passed = [b for b, at in zip(found, places, strict=True) if at < later]
            behind = [b for b in passed if b.first > block.first]
            if not any(block.touches(other) for other in behind):
                places[number] = later
    return places


def _wanted(found: list[Block], questions: Sequence[str], first: dict[str, int]) -> list[int]:
    """Return where each block would like to be, whatever stands behind it."""
    wanted: list[int | None] = []
    for block in found:
        own = [first[n] for n in block.names if n in first] if block.kind != "import" else []
        said = _said(block.comment, questions)
        if own or said is not None:
            wanted.append(min(own) if own else said)
        elif _RULED.match(block.comment):
            wanted.append(None)  # a new chapter: like what follows
        elif all(at in (None, OPENING) for at in wanted) and block.kind != "comment":
            wanted.append(None if block.open else OPENING)
        else:
            wanted.append(wanted[-1] if wanted else None)
    following = len(questions) - 1
    places: list[int] = []
    for own_place in reversed(wanted):
        following = following if own_place is None else own_place
        places.append(following)
    return places[::-1]


def _said(comment: str, questions: Sequence[str]) -> int | None:
    """Return the first question that the first line of a comment names: `q3`, or `3. `."""
    line = comment.split("\n")[0]
    number = _NUMBERED.match(line)
    ids = re.findall(r"\w+", line) + ([f"q{number[1]}"] if number else [])
    named = [questions.index(i) for i in ids if i in questions]
    return min(named) if named else None
