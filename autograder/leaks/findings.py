"""What a text gives away: code of the solution, hidden checks, expected values."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from autograder.leaks import choices, formulas, grids, values
from autograder.leaks.hidden import WHAT
from autograder.leaks.secrets import Secrets
from autograder.leaks.shapes import every_shape, long_shapes, parsed
from autograder.leaks.sources import sources
from autograder.leaks.spot import Spot
from autograder.leaks.telling import SHORTEST, forms, normal, standing, together
from autograder.leaks.values import Stream

# So many findings of one file are said, and so many recorded numbers are no accident.
MOST, ACCIDENTS = 12, 2
_SECRET = re.compile(r"(?:^|[./\\])(?:solutions|test_hidden)(?:$|[./\\])")
_WORD = re.compile(r"\w+")
_LINE = "No solution line may be public: say it in other words, or mark it as no solution"
_CHECK = "Leave it out; what students may see of it can stand in test_public.py"
_ALIKE = "Other names and another layout do not hide it: leave it out, or do it in another way"


@dataclass
class Said:
    """What was said of one file, so that no secret is told twice."""

    lines: list[str] = field(default_factory=list)
    spots: list[Spot] = field(default_factory=list)
    digests: set[str] = field(default_factory=set)

    def add(self, sentence: str) -> None:
        if sentence not in self.lines:
            self.lines.append(sentence)

    def new(self, spot: Spot) -> bool:
        """Tell whether nothing that overlaps this spot was found in the file before."""
        if any(spot.overlaps(other) for other in self.spots):
            return False
        self.spots.append(spot)
        return True

    def sentences(self) -> list[str]:
        rest = len(self.lines) - MOST
        return self.lines[:MOST] + [f"holds {rest} more secrets like these"] * (rest > 0)


def of_code(
    text: str, secret: Secrets, said: Said, toolkit: bool = False
) -> Iterator[tuple[int, str]]:
    """Yield (line, sentence) of each piece of secret code in a text.

    The toolkit may share lines and small steps with a solution, but no function of some length,
    and no line of a hidden check.
    """
    for number, line, spot in standing(text, secret.hidden if toolkit else secret.lines):
        if said.new(spot):
            what = _CHECK if spot.what == WHAT else _LINE
            yield number, f"holds `{line}`, which is in {spot.what} ({spot}). {what}"
    yield from _alike(text, secret, said, toolkit)
    if not toolkit and parsed(text) is None:
        lines = text.splitlines()
        for index, text_form in forms(lines):
            found = secret.forms.get(text_form)
            if found is not None and said.new(found):
                says = f"says `{normal(lines[index])[:100]}`, as {found.what} does ({found})"
                yield index + 1, f"{says}. {_ALIKE}"


def _alike(text: str, secret: Secrets, said: Said, toolkit: bool) -> Iterator[tuple[int, str]]:
    words = set(_WORD.findall(text.replace("\\n", " ")))
    needed = secret.toolkit_anchors if toolkit else secret.anchors
    if not any(anchors <= words for anchors in needed):
        return
    known = secret.toolkit if toolkit else secret.shapes
    for before, tree in sources(text):
        for shape in long_shapes(tree) if toolkit else every_shape(tree):
            spot = known.get(shape.text)
            if spot is not None and said.new(spot):
                says = f"does step by step what {spot.what} does ({spot}). {_ALIKE}"
                yield before + shape.first, says


def of_values(
    text: str, secret: Secrets, said: Said, toolkit: bool = False
) -> Iterator[tuple[int, str]]:
    """Yield (line, sentence) of each expected value in a text, however it is written."""
    found = [(start, value) for start, _, value in values.numbers(text)]
    for start, value in found if not toolkit else ():
        spot = secret.numbers.get(value)
        if spot is not None and said.new(spot):
            yield (
                _line(text, start),
                f"gives the number {value}, {_owner(spot)}",
            )
    yield from _recorded(text, found, secret, said)
    if len(found) >= grids.LEAST and (secret.rows or (secret.grids.numbers and not toolkit)):
        yield from _in_rows(values.stream(text), secret, said, toolkit)
    for spot, pairs in secret.answers:
        if values.answered(text, pairs) and said.new(spot):
            yield 0, f"gives the answers for {', '.join(k for k, _ in pairs)[:80]} ({spot})"
    whole = normal(text)
    for words, spot in secret.texts.items() if not toolkit else ():
        if words in whole and said.new(spot):
            yield 0, f"says {words[:60]!r}, which is {spot.what} ({spot}). Leave it out"


def of_answers(text: str, secret: Secrets, said: Said) -> Iterator[tuple[int, str]]:
    """Yield (line, sentence) of each answer that a text gives in other words or letters."""
    for line, formula in formulas.standing(text, secret.formulas):
        if said.new(formula.spot):
            yield line, f"gives the formula of {formula.name}, {_owner(formula.spot)}. Leave it out"
    for line, grid in grids.named(text, secret.grids):
        if said.new(grid.spot):
            yield line, f"gives {grid.name}, {_owner(grid.spot)}. Leave it out"
    for line, choice in choices.standing(text, secret.choices):
        if said.new(choice.spot):
            says = f"says that {choice.name} is {choice.answer}, {_owner(choice.spot)}"
            yield line, f"{says}. Say it in other words, or leave it out"
    for line, first, spot in together(text, secret.runs):
        if said.new(spot):
            yield line, f"holds `{first}` and what follows it in {spot.what} ({spot}). {_CHECK}"


def _in_rows(told: Stream, secret: Secrets, said: Said, toolkit: bool) -> Iterator[tuple[int, str]]:
    for row, spot in secret.rows.items():
        if row in told.text and said.new(spot):
            yield 0, f"holds the numbers {row.strip()[:60]}, {_owner(spot)}"
    for line, grid in grids.standing(told, secret.grids) if not toolkit else ():
        if said.new(grid.spot):
            says = f"holds the numbers {str(grid)[:60]}, to which {grid.name} comes"
            yield line, f"{says}: {_owner(grid.spot)}. Leave them out"


def _recorded(
    text: str, found: list[tuple[int, str]], secret: Secrets, said: Said
) -> Iterator[tuple[int, str]]:
    """Yield one finding where several numbers of recorded files stand in a text."""
    known = {value: start for start, value in found if value in secret.recorded}
    if len(known) > ACCIDENTS:
        value, start = next(iter(known.items()))
        spot = secret.recorded[value]
        if said.new(spot):
            yield (
                _line(text, start),
                f"holds {len(known)} numbers that only {spot.what} has ({spot}), such as {value}. "
                "Leave them out",
            )


def hidden_checks(text: str, hidden: Sequence[tuple[str, str]]) -> Iterator[str]:
    """Yield a sentence for each hidden check that a text names or whose words it has."""
    whole = normal(text).casefold()
    for name, title in hidden:
        if name in text and re.search(rf"\b{re.escape(name)}\b", text):
            yield f"names the hidden check {name}. Give the hidden check a name of its own"
        if len(title) >= SHORTEST and normal(title).casefold() in whole:
            yield (
                f"says the requirement of the hidden check {name}: {title!r}. "
                "Word the hidden check's docstring otherwise"
            )


def imports(text: str) -> Iterator[tuple[int, str]]:
    """Yield (line, sentence) of each way to the solutions, or why the text is no Python."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        yield 0, f"is not valid Python: {str(error)[:200]}"
        return
    for node in ast.walk(tree):
        named: list[str] = []
        if isinstance(node, ast.Import):
            named = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            named = [f"{node.module or ''}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            named = [node.value] if "\n" not in node.value else []
        if any(_SECRET.search(name) for name in named):
            line = getattr(node, "lineno", 0)
            yield line, "reaches for the solutions. A public file must work without them"


def _owner(spot: Spot) -> str:
    if spot.what == WHAT:
        return f"which {WHAT} holds ({spot}). {_CHECK}"
    return f"an answer of the solution ({spot})"


def _line(text: str, offset: int) -> int:
    return text.count("\n", 0, offset) + 1
