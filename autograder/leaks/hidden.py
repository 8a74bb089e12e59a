"""What the hidden checks hold word for word: lines, numbers, rows and texts."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass, field
from itertools import pairwise

from autograder.assignment import MANIFEST, Assignment
from autograder.leaks import shapes, values
from autograder.leaks.shapes import Shape
from autograder.leaks.spot import Spot
from autograder.leaks.telling import COMMON, SHORTEST, normal, spoken
from autograder.release.regions import split_lines
from autograder.release.skeleton import cut

HIDDEN, WHAT = "test_hidden.py", "a hidden check"
# How long a line or a text must be, and how many letters it must have, to be no accident.
LONG, LETTERS = 41, 20
# How many short lines in a row are no accident either, and how long they must be together.
TOGETHER, LONG_TOGETHER = 6, 55
# How many words no renaming changes a shape must have: with fewer, all of the toolkit is parsed.
ANCHORS = 5
# Below which number a fraction is a simple one.
DENOMINATORS = 12
_LETTER = re.compile(r"\w")


@dataclass(frozen=True)
class Held:
    """What stands in the hidden checks and in nothing that a student is given, with its spots.

    `runs` are short lines that follow each other, `toolkit` the shapes that not even the
    toolkit may share.
    """

    lines: Mapping[str, Spot] = field(default_factory=dict)
    runs: Mapping[str, Spot] = field(default_factory=dict)
    texts: Mapping[str, Spot] = field(default_factory=dict)
    numbers: Mapping[str, Spot] = field(default_factory=dict)
    rows: Mapping[str, Spot] = field(default_factory=dict)
    toolkit: tuple[tuple[Shape, Spot], ...] = ()


def held(assignment: Assignment, sources: Mapping[str, str]) -> Held:
    """Return what the hidden checks alone hold; `sources` are the masters.

    The public checks, the skeletons and the manifest excuse what they share with them. The
    handout does not: what is pasted there would excuse itself.
    """
    assert assignment.solution is not None
    path = assignment.solution / HIDDEN
    if not path.is_file():
        return Held()
    source = path.read_text(encoding="utf-8", errors="replace")
    tree = shapes.parsed(source) or ast.Module([], [])
    parts = [*_given(assignment), *(cut(master) for master in sources.values())]
    given = "\n".join(parts)
    known = {value for _, _, value in values.numbers(given)}
    for part in parts:
        known |= {value for _, value in values.literals(shapes.parsed(part) or ast.Pass())}
    rows = values.rows(given)
    return Held(
        lines=_spots(_lines(source), "\n".join(normal(line) for line in given.splitlines())),
        runs=_spots(_runs(source, {line for part in parts for _, line in spoken(part)}), ""),
        texts=_spots(_texts(tree), normal(given)),
        numbers={n: _spot(at) for at, n in values.literals(tree) if not (n in known or _plain(n))},
        rows=_spots((row for row in values.displays(tree) if not _counted(row[1])), rows),
        toolkit=tuple(_toolkit(tree)),
    )


def _given(assignment: Assignment) -> Iterator[str]:
    for name in ("test_public.py", MANIFEST):
        path = assignment.folder / name
        if path.is_file():
            yield path.read_text(encoding="utf-8", errors="replace")


def _spots(found: Iterator[tuple[int, str]], public: str) -> dict[str, Spot]:
    """Return the first spot of each text that `public` does not hold."""
    spots: dict[str, Spot] = {}
    for number, text in found:
        if text not in spots and text not in public:
            spots[text] = _spot(number)
    return spots


def _spot(line: int) -> Spot:
    return Spot(HIDDEN, line, line, WHAT)


def _lines(source: str) -> Iterator[tuple[int, str]]:
    """Yield (number, line) of each telling line, with its comment and without it."""
    for number, line in enumerate(split_lines(source), 1):
        for part in dict.fromkeys([line, *line.split("  # ")]):
            text = normal(part).lstrip("# ")
            if _telling(text) and not COMMON.fullmatch(text):
                yield number, text


def _runs(source: str, public: Set[str]) -> Iterator[tuple[int, str]]:
    """Yield (number, lines) of short lines that tell together what a long line tells alone.

    What any program may say and what is public stands among them, but tells nothing.
    """
    lines = spoken(source)
    for start, (number, first) in enumerate(lines):
        run, own = list[str](), list[str]()
        for _, line in lines[start : start + TOGETHER]:
            run.append(line)
            if len(line) >= SHORTEST and line not in public and not COMMON.fullmatch(line):
                own.append(line)
            if first not in own or _telling(own[-1]):
                break
            if len(own) > 1 and _telling(said := " ".join(own)) and len(said) >= LONG_TOGETHER:
                yield number, "\n".join(run)
                break


def _texts(tree: ast.AST) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            text = normal(node.value)
            if _telling(text):
                yield node.lineno, text


def _telling(text: str) -> bool:
    return len(text) >= LONG and len(_LETTER.findall(text)) >= LETTERS


def _counted(row: str) -> bool:
    """Tell whether a row only counts, such as 0 1 2 3 4 5: anybody may write that."""
    numbers = [float(value) for value in row.split()]
    steps = {round(b - a, 9) for a, b in pairwise(numbers)}
    return len(steps) == 1


def _plain(value: str) -> bool:
    """Tell whether a number is a simple fraction, such as 1/3: points are given in these too."""
    number = float(value)
    of = (abs(number) * below for below in range(2, DENOMINATORS + 1))
    return abs(number) < 2 and any(abs(part - round(part)) < 1e-5 * part for part in of)


def _toolkit(tree: ast.AST) -> Iterator[tuple[Shape, Spot]]:
    for shape in shapes.long_shapes(tree):
        if len(shape.anchors) >= ANCHORS:
            yield shape, Spot(HIDDEN, shape.first, shape.last, WHAT)
