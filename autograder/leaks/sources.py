"""Python in any text: whole files, and what stands in comments, fences, prompts and quotes."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from itertools import groupby
from textwrap import dedent

from autograder.leaks.shapes import parsed

SHORTEST = 20
# How many texts in a text are tried; a hostile file has many.
_MOST = 3000
_FENCE = re.compile(r"^[ \t>]*(?:```|~~~)")
_PROMPT = re.compile(r"^\s*(?:>>>|\.\.\.) ?")
_COMMENT = re.compile(r"^\s*#+ ?")
_INLINE = re.compile(r"`([^`\n]{20,400})`")
_MAGIC = re.compile(r"^(\s*)[%!].*$", re.M)
_STARTS = {"prompt": _PROMPT, "comment": _COMMENT}


def sources(text: str, nested: int = 2) -> Iterator[tuple[int, ast.Module]]:
    """Yield (lines before it, tree) of every piece of Python in a text.

    Where the text is Python as a whole, that comes first, then what its comments and strings
    hold; else every block of it that may be code.
    """
    whole = parsed(_MAGIC.sub(r"\1pass", dedent(text)))
    if whole is not None:
        yield 0, whole
    for before, block in _blocks(text, whole is None):
        if len(block) >= SHORTEST and (tree := parsed(dedent(block))) is not None:
            yield before, tree
    if whole is not None and nested:
        for line, words in _texts(whole):
            for before, tree in sources(words, nested - 1):
                yield line - 1 + before, tree


def _texts(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Yield (line, text) of the strings that may hold code."""
    strings = (node for node in ast.walk(tree) if isinstance(node, ast.Constant))
    count = 0
    for node in strings:
        value = (
            node.value.decode("utf-8", "replace") if isinstance(node.value, bytes) else node.value
        )
        if isinstance(value, str) and len(value) >= SHORTEST and not value.isspace():
            count += 1
            if count > _MOST:
                return
            yield node.lineno, value


def _blocks(text: str, prose: bool) -> Iterator[tuple[int, str]]:
    """Yield (lines before it, block) of what may be code in a text."""
    lines = text.splitlines()
    runs = groupby(enumerate(lines), key=lambda item: _kind(item[1]))
    count = 0
    for kind, run in runs:
        numbered = list(run)
        if kind in _STARTS:
            block = "\n".join(_STARTS[kind].sub("", line, count=1) for _, line in numbered)
            count += 1
            yield numbered[0][0], block
        if count > _MOST:
            return
    if prose:
        yield from _fenced(lines)
        yield from _indented(lines)
        for number, line in enumerate(lines[: 4 * _MOST]):
            yield from ((number, found[1]) for found in _INLINE.finditer(line))


def _kind(line: str) -> str:
    return next((kind for kind, start in _STARTS.items() if start.match(line)), "")


def _fenced(lines: list[str]) -> Iterator[tuple[int, str]]:
    opened = -1
    for number, line in enumerate(lines):
        if _FENCE.match(line):
            if opened >= 0:
                yield opened + 1, "\n".join(lines[opened + 1 : number])
            opened = number if opened < 0 else -1
    if opened >= 0:
        yield opened + 1, "\n".join(lines[opened + 1 :])


def _indented(lines: list[str]) -> Iterator[tuple[int, str]]:
    """Yield each stretch of lines that are indented as code, with the empty lines in it."""
    start = -1
    for number, line in enumerate([*lines, "end"]):
        inside = line.startswith(("    ", "\t")) or (start >= 0 and not line.strip())
        if inside and start < 0:
            start = number
        elif not inside and start >= 0:
            yield start, "\n".join(lines[start:number])
            start = -1
