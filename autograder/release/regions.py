"""Where the solutions stand in a master: its markers, read strictly."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass

BEGIN = "# BEGIN SOLUTION"
END = "# END SOLUTION"
TRAILING = "# SOLUTION"

# A comment that looks like a marker but is none would let a solution out.
_ALMOST = re.compile(r"#[\s#]*(?:begin|end)[\s_-]*solutions?\b", re.I)
_ALMOST_TRAILING = re.compile(r"#[\s#]*solution\s*[:.!]*$", re.I)


class SkeletonError(ValueError):
    """The solution markers of a master cannot be used; the text begins with the line."""

    def __init__(self, line: int, says: str) -> None:
        super().__init__(f"line {line}: {says}")
        self.line = line


@dataclass(frozen=True)
class Region:
    """The lines `first` to `last` of a master, from 1, markers included."""

    first: int
    last: int
    trailing: bool = False


def regions(source: str) -> tuple[Region, ...]:
    """Return the solution regions from top to bottom; raises SkeletonError."""
    parse(source)
    found: list[Region] = []
    opened = 0
    for line, text, alone in _comments(source):
        if text in (BEGIN, END) and not alone:
            raise SkeletonError(line, f"{text!r} must stand alone on its line")
        if text == BEGIN:
            if opened:
                raise SkeletonError(line, f"the solution of line {opened} is not ended yet")
            opened = line
        elif text == END:
            if not opened:
                raise SkeletonError(line, f"no {BEGIN!r} stands before this {END!r}")
            found.append(Region(opened, line))
            opened = 0
        elif text == TRAILING and not alone:
            found += [] if opened else [Region(line, line, trailing=True)]
        elif _ALMOST.match(text) or (not opened and _ALMOST_TRAILING.match(text)):
            wanted = f"{BEGIN!r}, {END!r} or, behind an assignment, {TRAILING!r}"
            raise SkeletonError(line, f"{text!r} is almost a marker: write {wanted}")
    if opened:
        raise SkeletonError(opened, f"no {END!r} follows this {BEGIN!r}")
    return tuple(found)


def split_lines(source: str) -> list[str]:
    """Return the lines as Python counts them, each with its line ending."""
    return io.StringIO(source, newline="").readlines()


def parse(source: str) -> ast.Module:
    """Return the syntax tree; raises SkeletonError for what is not Python."""
    try:
        return ast.parse(source)
    except SyntaxError as error:
        raise SkeletonError(error.lineno or 0, f"not valid Python: {error.msg}") from None
    except (ValueError, RecursionError) as error:
        raise SkeletonError(0, f"not valid Python: {error}") from None


def _comments(source: str) -> Iterator[tuple[int, str, bool]]:
    """Yield (line, text, alone on its line) of each comment; strings hold no comments."""
    lines = split_lines(source)
    for token in tokenize.generate_tokens(iter(lines).__next__):
        if token.type == tokenize.COMMENT:
            line, column = token.start
            text = " ".join(token.string.split())
            yield line, text, not lines[line - 1][:column].strip()
