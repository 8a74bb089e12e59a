"""Lines of a solution, as they are written and without their names."""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain

from autograder.leaks.spot import Spot
from autograder.release.regions import regions, split_lines

SHORTEST = 12
TOLD = 24
# Lines that any two programs may share.
COMMON = re.compile(
    r"(?:return(?: \(?\w+(?:, ?\w+)*\)?)?|else:|try:|finally:|pass|break|continue|\W*"
    r"|(?:import|from) .*|raise \w+|for \w+ in range\(\w+\):|except \w+:|if __name__ == .*)"
)
_TOKEN = re.compile(r"\"[^\"]*\"|'[^']*'|[^\W\d]\w*|\d[\w.]*|\*\*|//|[<>=!+*/-]=|->|\S")
_PREFIX = re.compile(r"^\s*(?:(?:>>>|\.\.\.|#|>|[-*]|\d+\.) ?)*")
_LONGEST, _LINES = 2000, 12


def secret_lines(sources: Mapping[str, str]) -> dict[str, str]:
    """Return the telling lines of all solution regions, each with the file:line it is from.

    A line is telling when it has 12 characters or more, is not one that any two programs may
    share, and stands nowhere outside the regions of the masters.
    """
    return {line: str(spot) for line, spot in telling_lines(sources).items()}


def telling_lines(sources: Mapping[str, str]) -> dict[str, Spot]:
    """Return the lines of `secret_lines`, each with its spot."""
    inside: dict[str, Spot] = {}
    outside: set[str] = set()
    for name, source in sources.items():
        kept = {n for r in regions(source) for n in range(r.first, r.last + 1)}
        marks = {n for r in regions(source) if not r.trailing for n in (r.first, r.last)}
        for number, line in enumerate(split_lines(source), 1):
            if number not in kept:
                outside.add(normal(line))
            elif number not in marks:
                spot = Spot(name, number, number)
                inside.setdefault(normal(line.split("  # SOLUTION")[0]), spot)
    return {
        line: spot
        for line, spot in inside.items()
        if len(line) >= SHORTEST and not COMMON.fullmatch(line) and line not in outside
    }


def normal(text: str) -> str:
    """Return a text with every stretch of white space as one blank."""
    return " ".join(text.split())


def standing(text: str, secret: Mapping[str, Spot]) -> Iterator[tuple[int, str, Spot]]:
    """Yield (line of `text`, secret line, its spot) for each secret line that stands in `text`."""
    lines = [normal(line) for line in text.splitlines()]
    whole = "\n".join(lines)
    for line, spot in secret.items():
        if line in whole:
            found = (n for n, public in enumerate(lines, 1) if _stands_in(line, public))
            if (number := next(found, 0)) > 0:
                yield number, line, spot


def spoken(text: str) -> list[tuple[int, str]]:
    """Return (number, line) of the lines that say something, without prompts and bullets."""
    lines = ((n, normal(_PREFIX.sub("", line[:_LONGEST], count=1))) for n, line in _numbered(text))
    return [(number, line) for number, line in lines if line]


def together(text: str, secret: Mapping[str, Spot]) -> Iterator[tuple[int, str, Spot]]:
    """Yield (line of `text`, first secret line, spot) of lines that follow each other in `text`."""
    lines = spoken(text) if secret else []
    whole = "\n".join(["", *(line for _, line in lines), ""])
    for run, spot in secret.items():
        if (at := whole.find(f"\n{run}\n")) >= 0:
            yield lines[whole.count("\n", 0, at)][0], run.split("\n")[0], spot


def _numbered(text: str) -> Iterator[tuple[int, str]]:
    return enumerate(text.splitlines(), 1)


def forms(lines: Sequence[str]) -> Iterator[tuple[int, str]]:
    """Yield (index, form) of the code that begins at each line, its names numbered.

    For text that is no Python as a whole. A form reads on until it has told enough; prompts,
    comment signs and bullets are left out, and what ends before it has told enough.
    """
    tokens = [_tokens(line) for line in lines]
    for start, first in enumerate(tokens):
        if first and (text := _form(chain.from_iterable(tokens[start : start + _LINES]))):
            yield start, text


def _form(tokens: Iterable[str]) -> str:
    names: dict[str, str] = {}
    parts: list[str] = []
    told, signs, before = 0, 0, ""
    for token in tokens:
        named = token.isidentifier() and not keyword.iskeyword(token)
        free = named and before != "."
        told += 2 if named and not free else token not in "()[]{},:."
        signs += not named and token not in ".,:;"
        parts.append(names.setdefault(token, f"${len(names)}") if free else _quoted(token))
        before = token
        if told >= TOLD:
            # Prose has words but hardly a sign of code.
            return " ".join(parts) if 3 * signs >= len(parts) else ""
    return ""


def _tokens(line: str) -> list[str]:
    tokens = _TOKEN.findall(_PREFIX.sub("", line[:_LONGEST], count=1))
    return tokens[: tokens.index("#")] if "#" in tokens else tokens


def _quoted(token: str) -> str:
    return f'"{token[1:-1]}"' if len(token) > 1 and token[0] in "\"'" else token


def _stands_in(line: str, public: str) -> bool:
    """Tell whether `line` stands in `public` and is not the part of a longer name."""
    if line not in public:
        return False
    ends = (r"(?<!\w)" if line[0].isalnum() else ""), (r"(?!\w)" if line[-1].isalnum() else "")
    return re.search(ends[0] + re.escape(line) + ends[1], public) is not None
