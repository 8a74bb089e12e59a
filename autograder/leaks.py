"""Secrets in the public folder: solution lines, hidden checks, imports of solutions."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from autograder.assignment import Assignment
from autograder.proof import Broken
from autograder.release.regions import regions, split_lines
from autograder.release.skeleton import masters

SHORTEST = 12
SIZE_LIMIT = 4 << 20
_SECRET = re.compile(r"(?:^|[./\\])(?:solutions|test_hidden)(?:$|[./\\])")
# Lines that any two programs may share.
_COMMON = re.compile(
    r"(?:return(?: \(?\w+(?:, ?\w+)*\)?)?|else:|try:|finally:|pass|break|continue|\W*"
    r"|(?:import|from) .*|raise \w+|for \w+ in range\(\w+\):|except \w+:|if __name__ == .*)"
)


def leaks(assignment: Assignment, hidden: Sequence[tuple[str, str]]) -> list[Broken]:
    """Return every secret that stands in a public file.

    `hidden` holds the (name, requirement sentence) of each hidden check.
    """
    secret = secret_lines(masters(assignment))
    found = []
    for path, text in _public_files(assignment.folder):
        where = path.relative_to(assignment.folder).as_posix()
        says = [*_solution_lines(text, secret), *_hidden_checks(text, hidden)]
        says += _imports(text) if path.suffix == ".py" else []
        found += [Broken(where, sentence) for sentence in says]
    return found


def secret_lines(sources: dict[str, str]) -> dict[str, str]:
    """Return the telling lines of all solution regions, each with the file:line it is from.

    A line is telling when it has 12 characters or more, is not one that any two programs may
    share, and stands nowhere outside the regions of the masters.
    """
    inside: dict[str, str] = {}
    outside: set[str] = set()
    for name, source in sources.items():
        kept = {n for r in regions(source) for n in range(r.first, r.last + 1)}
        marks = {n for r in regions(source) if not r.trailing for n in (r.first, r.last)}
        for number, line in enumerate(split_lines(source), 1):
            if number not in kept:
                outside.add(_normal(line))
            elif number not in marks:
                inside.setdefault(_normal(line.split("  # SOLUTION")[0]), f"{name}:{number}")
    return {
        line: place
        for line, place in inside.items()
        if len(line) >= SHORTEST and not _COMMON.fullmatch(line) and line not in outside
    }


def _normal(line: str) -> str:
    return " ".join(line.split())


def _public_files(folder: Path) -> Iterator[tuple[Path, str]]:
    for path in sorted(folder.rglob("*")):
        parts = path.relative_to(folder).parts
        passing = any(p == "__pycache__" or (p[0] == "." and p != ".original") for p in parts)
        if passing or not path.is_file() or path.stat().st_size > SIZE_LIMIT:
            continue
        data = path.read_bytes()
        if b"\0" not in data:
            yield path, data.decode("utf-8", "replace")


def _solution_lines(text: str, secret: dict[str, str]) -> Iterator[str]:
    lines = [_normal(line) for line in text.splitlines()]
    whole = "\n".join(lines)
    for line, place in secret.items():
        if line not in whole:
            continue
        found = (n for n, public in enumerate(lines, 1) if _stands_in(line, public))
        for number in found:
            yield (
                f"line {number} holds `{line}`, which is in the solution ({place}). "
                "No solution line may be public: say it in other words, or mark it as no solution"
            )
            break


def _stands_in(line: str, public: str) -> bool:
    """Tell whether `line` stands in `public` and is not the part of a longer name."""
    ends = (r"(?<!\w)" if line[0].isalnum() else ""), (r"(?!\w)" if line[-1].isalnum() else "")
    return re.search(ends[0] + re.escape(line) + ends[1], public) is not None


def _hidden_checks(text: str, hidden: Sequence[tuple[str, str]]) -> Iterator[str]:
    whole = _normal(text)
    for name, title in hidden:
        if re.search(rf"\b{re.escape(name)}\b", text):
            yield f"names the hidden check {name}. Give the hidden check a name of its own"
        if len(title) >= SHORTEST and _normal(title) in whole:
            yield (
                f"says the requirement of the hidden check {name}: {title!r}. "
                "Word the hidden check's docstring otherwise"
            )


def _imports(text: str) -> Iterator[str]:
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError) as error:
        yield f"is not valid Python: {error}"
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
            yield f"line {line} reaches for the solutions. A public file must work without them"
