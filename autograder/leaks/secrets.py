"""What is secret of an assignment, gathered from its solution folder."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping, Set
from dataclasses import dataclass, field
from pathlib import Path

from autograder.assignment import Assignment
from autograder.leaks import choices, formulas, grids, shapes, values
from autograder.leaks.choices import Choice
from autograder.leaks.formulas import Formulas
from autograder.leaks.grids import Grids
from autograder.leaks.hidden import HIDDEN, held
from autograder.leaks.recorded import digests, recorded, samples
from autograder.leaks.shapes import Shape
from autograder.leaks.spot import Spot
from autograder.leaks.telling import forms, normal, telling_lines
from autograder.leaks.worked import worked_out
from autograder.release.regions import Region, regions, split_lines
from autograder.release.skeleton import cut, masters
from autograder.release.tree import all_files

LONG_TEXT = 24
STANDARD = "http://www.w3.org/2000/svg"


@dataclass(frozen=True)
class Secrets:
    """Everything that must not go out, each with the spot where it stands.

    `lines` as written (those of `hidden` are of the hidden checks, those of `runs` tell
    together), `forms` without names, `shapes` of code (those of `toolkit` tell much more),
    `texts` of any layout, `numbers` that tell alone, `recorded` ones that tell in threes, `rows`
    of numbers, `answers` in letters, `digests` and `samples` of files; and what the answers of
    the masters come to: `grids`, `formulas`, `choices`.
    """

    lines: Mapping[str, Spot] = field(default_factory=dict)
    hidden: Mapping[str, Spot] = field(default_factory=dict)
    runs: Mapping[str, Spot] = field(default_factory=dict)
    forms: Mapping[str, Spot] = field(default_factory=dict)
    shapes: Mapping[str, Spot] = field(default_factory=dict)
    toolkit: Mapping[str, Spot] = field(default_factory=dict)
    anchors: frozenset[frozenset[str]] = frozenset()
    toolkit_anchors: frozenset[frozenset[str]] = frozenset()
    texts: Mapping[str, Spot] = field(default_factory=dict)
    numbers: Mapping[str, Spot] = field(default_factory=dict)
    recorded: Mapping[str, Spot] = field(default_factory=dict)
    rows: Mapping[str, Spot] = field(default_factory=dict)
    answers: tuple[tuple[Spot, tuple[tuple[str, str], ...]], ...] = ()
    grids: Grids = field(default_factory=Grids)
    formulas: Formulas = field(default_factory=Formulas)
    choices: tuple[Choice, ...] = ()
    digests: Mapping[str, Spot] = field(default_factory=dict)
    samples: tuple[tuple[bytes, Spot], ...] = ()


def secrets(assignment: Assignment) -> Secrets:
    """Return what is secret of an assignment whose solution is here; raises SkeletonError."""
    assert assignment.solution is not None
    sources = masters(assignment)
    code = [
        *_solution_shapes(sources, shapes.every_shape),
        *_other_shapes(assignment.solution, sources),
    ]
    public = set(_public_shapes(sources))
    told = [(shape, spot) for shape, spot in code if shape.text not in public]
    data = list(all_files(assignment.solution))
    kept = {n: p for n, p in data if not n.endswith(".py") and p.parent == assignment.solution}
    # A shape with no word of its own would have every file of the toolkit parsed.
    checks = held(assignment, sources)
    long = [*_solution_shapes(sources, shapes.long_shapes), *checks.toolkit]
    long = [(shape, spot) for shape, spot in long if shape.anchors]
    words, written = recorded(kept)
    outside = "\n".join(cut(source) for source in sources.values())
    known = {value for _, _, value in values.numbers(outside)}
    worked = list(worked_out(sources))
    return Secrets(
        lines={**checks.lines, **telling_lines(sources)},
        hidden=checks.lines,
        runs=checks.runs,
        forms=_forms(sources),
        shapes=_first(told),
        toolkit=_first(long),
        anchors=_smallest(shape.anchors for shape, _ in told),
        toolkit_anchors=_smallest(shape.anchors for shape, _ in long),
        texts={**checks.texts, **_without(_texts(sources) | words, normal(outside))},
        numbers={**checks.numbers, **_numbers(sources, known)},
        recorded={n: s for n, s in written.items() if n not in known},
        rows={**checks.rows, **_without(_rows(sources), values.rows(outside))},
        answers=tuple(_answers(sources)),
        grids=grids.grids(worked, outside),
        formulas=formulas.formulas(worked, outside),
        choices=choices.choices(worked, outside),
        digests=dict(digests(data, assignment)),
        samples=tuple(samples(kept)),
    )


def _first(told: list[tuple[Shape, Spot]]) -> dict[str, Spot]:
    found: dict[str, Spot] = {}
    for shape, spot in told:
        found.setdefault(shape.text, spot)
    return found


def _without(found: Mapping[str, Spot], public: str) -> dict[str, Spot]:
    """Leave out what stands in `public`, and how every file of a format begins."""
    return {t: s for t, s in found.items() if t not in public and STANDARD not in t}


def _smallest(anchors: Iterator[frozenset[str]]) -> frozenset[frozenset[str]]:
    """Return the sets that hold no other set: a text with any of the rest has one of these."""
    kept: list[frozenset[str]] = []
    for words in sorted(set(anchors), key=len):
        if not any(smaller <= words for smaller in kept):
            kept.append(words)
    return frozenset(kept)


# ------------------------------------------------------------------ code


def _solution_shapes(
    sources: Mapping[str, str], shapes_of: Callable[[ast.AST], Iterator[Shape]]
) -> Iterator[tuple[Shape, Spot]]:
    """Yield the shapes that lie in solution regions alone."""
    for name, source in sources.items():
        found = regions(source)
        for shape in shapes_of(shapes.parsed(source) or ast.Module([], [])):
            if any(r.first <= shape.from_line and shape.last <= r.last for r in found):
                yield shape, Spot(name, shape.from_line, shape.last)


def _other_shapes(solution: Path, sources: Mapping[str, str]) -> Iterator[tuple[Shape, Spot]]:
    """Yield the shapes of the hidden checks, of other right answers and of known mistakes."""
    for name, path in all_files(solution):
        if name in sources or path.suffix != ".py":
            continue
        tree = shapes.parsed(path.read_text(encoding="utf-8", errors="replace"))
        top = name.split("/")[0]
        what = {HIDDEN: "a hidden check", "wrong": "a known mistake", "right": "a right answer"}
        enough = shapes.TELLING if top == HIDDEN else shapes.OF_MISTAKES
        own = tree or ast.Module([], [])
        for shape in (*shapes.shapes(own, enough), *shapes.functions(own, enough)):
            yield shape, Spot(name, shape.first, shape.last, what.get(top, "the solution"))


def _public_shapes(sources: Mapping[str, str]) -> Iterator[str]:
    for source in sources.values():
        tree = shapes.parsed(cut(source)) or ast.Module([], [])
        yield from (shape.text for shape in shapes.every_shape(tree))


def _forms(sources: Mapping[str, str]) -> dict[str, Spot]:
    """Return the forms of the code in each region, without those of what is given."""
    found: dict[str, Spot] = {}
    public: set[str] = set()
    for name, source in sources.items():
        public |= {text for _, text in forms(cut(source).splitlines())}
        lines = split_lines(source)
        for region in regions(source):
            code = lines[region.first - 1 : region.last]
            for index, text in forms(["" if "SOLUTION" in line else line for line in code]):
                line = region.first + index
                found.setdefault(text, Spot(name, line, line))
    return {text: spot for text, spot in found.items() if text not in public}


# ------------------------------------------------------------------ values


def _in_regions(sources: Mapping[str, str]) -> Iterator[tuple[str, ast.stmt]]:
    """Yield (file, statement) of each statement that a solution region holds whole."""
    for name, source in sources.items():
        found = regions(source)
        waiting: list[ast.AST] = [shapes.parsed(source) or ast.Module([], [])]
        while waiting:
            for node in ast.iter_child_nodes(waiting.pop()):
                if isinstance(node, ast.stmt) and _held(node, found):
                    yield name, node
                else:
                    waiting.append(node)


def _held(node: ast.stmt, found: tuple[Region, ...]) -> bool:
    return any(r.first <= node.lineno and (node.end_lineno or 0) <= r.last for r in found)


def _texts(sources: Mapping[str, str]) -> dict[str, Spot]:
    found: dict[str, Spot] = {}
    for name, statement in _in_regions(sources):
        for node in ast.walk(statement):
            value = node.value if isinstance(node, ast.Constant) else None
            if isinstance(value, str) and len(text := normal(value)) >= LONG_TEXT:
                found.setdefault(text, Spot(name, statement.lineno, statement.end_lineno or 0))
    return found


def _numbers(sources: Mapping[str, str], known: Set[str]) -> dict[str, Spot]:
    found: dict[str, Spot] = {}
    for name, statement in _in_regions(sources):
        for line, number in values.literals(statement):
            if number not in known:
                found.setdefault(number, Spot(name, line, line))
    return found


def _rows(sources: Mapping[str, str]) -> dict[str, Spot]:
    found: dict[str, Spot] = {}
    for name, statement in _in_regions(sources):
        for line, row in values.displays(statement):
            found.setdefault(row, Spot(name, line, line))
    return found


def _answers(
    sources: Mapping[str, str],
) -> Iterator[tuple[Spot, tuple[tuple[str, str], ...]]]:
    for name, statement in _in_regions(sources):
        for line, pairs in values.answers(statement):
            yield Spot(name, line, statement.end_lineno or line), pairs
