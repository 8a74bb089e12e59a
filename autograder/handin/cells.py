"""One notebook cell as plain Python: lines that only a notebook understands are taken out.

A line goes only where a statement starts: never inside a text, an open bracket or a continued
line, where `%` is the remainder and `!` may be part of a text. Line numbers stay. So goes, without
a word, what runs the checks in the notebook itself: `grader.check("q1")`.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable
from dataclasses import dataclass

# Longer cells are not compiled here: some nested enough to crash Python's own parser.
LONGEST_PARSED = 32 * 1024

# Cell magics that run their cell as Python in the notebook itself.
_PYTHON_MAGICS = frozenset({"time", "capture", "prun", "memit", "mprun", "lprun"})
_CELL_MAGIC = re.compile(r"%%(\w*)")
_TIMED = re.compile(r"(\s*)%time\s+(?=[^\s%!?-])(.+)")
# Matched against the line without the space around it.
_FOREIGN = re.compile(
    r"[!%?]"  # !shell, %magic, ?help
    r"|[\w.,\[\]* ]+=\s*(?:!|%)"  # name = !shell, name = %magic
    r"|[\w.*\[\]]+\?{1,2};?$"  # name?, name??
)
# How a notebook runs its own checks: here they run anyway, and otter may not be installed.
_CHECK = re.compile(
    r"(?:import\ otter"
    r"|\w+\ *=\ *otter\.Notebook\([^()]*\)"
    r"|grader\.(?:check|check_all|export)\([^()]*\));?\ *(?:\#.*)?",
    re.VERBOSE,
)
_FUTURE = re.compile(r"\s*from\s+__future__\s+import\s[\w, ]+(?:#.*)?$")
_MARK = re.compile(r"\"\"\"|'''|[\"'#()\[\]{}]")
_CLOSE = {quote: re.compile(rf"(?:\\.|[^\\])*?{quote}") for quote in ('"', "'", '"""', "'''")}


@dataclass(frozen=True)
class Cleaned:
    """A cell as plain Python: `left_out` lines replaced; `error` says where it is no Python."""

    source: str
    left_out: int = 0
    error: str = ""


@dataclass(frozen=True)
class _State:
    """What a line starts in: an open text, open brackets, a line continued by a backslash."""

    quote: str = ""
    depth: int = 0
    continued: bool = False

    @property
    def starts_statement(self) -> bool:
        return not (self.quote or self.depth or self.continued)


def clean_cell(source: str) -> Cleaned | None:
    """Return the cell as plain Python, or None when it is written in another language.

    A cell that is Python as it stands comes back untouched.
    """
    source = source.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    source = source.encode("utf-8", "replace").decode("utf-8")
    if "otter" in source or "grader." in source:
        source = "\n".join(_replaced(source.split("\n"), _is_check)[0])
    if len(source) <= LONGEST_PARSED and not _error(source):
        return Cleaned(source)
    lines = _undented(source.split("\n"))
    magics = _cell_magics(lines)
    if magics is None:
        return None
    lines, left_out = _replaced([*magics, *lines[len(magics) :]], _is_foreign)
    left_out += magics.count("pass")
    cleaned = "\n".join(lines)
    error = _error(cleaned)
    if error:
        # What these imports switch on is standard by now, and they may not stand further down.
        without = "\n".join(_replaced(lines, _is_future)[0])
        cleaned, error = (cleaned, error) if _error(without) else (without, "")
    return Cleaned(cleaned, left_out, error)


def _error(source: str) -> str:
    """Return "" where `source` compiles or is too long to try, else line and reason."""
    if len(source) > LONGEST_PARSED:
        return ""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(source, "cell", "exec", dont_inherit=True)
    except SyntaxError as error:
        return f"line {error.lineno or 1}: {error.msg}"
    except (ValueError, MemoryError, RecursionError, OverflowError):
        return "line 1: too deeply nested, or a number too long"
    return ""


def _undented(lines: list[str]) -> list[str]:
    """Return the lines without the indentation of the first, which a notebook ignores too."""
    first = next((line for line in lines if line.strip()), "")
    indent = len(first) - len(first.lstrip())
    return [line[indent:] if not line[:indent].strip() else line for line in lines]


def _cell_magics(lines: list[str]) -> list[str] | None:
    """Return what replaces the leading blank and %%magic lines; None: not a Python cell."""
    head: list[str] = []
    for line in lines:
        magic = _CELL_MAGIC.match(line)
        if line.strip() and not magic:
            break
        if magic and magic[1] not in _PYTHON_MAGICS:
            return None
        head.append("pass" if magic else line)
    return head


def _is_foreign(line: str) -> bool:
    return bool(_FOREIGN.match(line.strip()))


def _is_check(line: str) -> bool:
    return bool(_CHECK.fullmatch(line.strip()))


def _is_future(line: str) -> bool:
    return bool(_FUTURE.match(line))


def _replaced(lines: list[str], goes: Callable[[str], bool]) -> tuple[list[str], int]:
    """Return the lines with those that go replaced by `pass`, and how many went."""
    kept: list[str] = []
    state, left_out, running_on = _State(), 0, False
    for line in lines:
        timed = _TIMED.match(line) if state.starts_statement else None
        if running_on or (state.starts_statement and not timed and goes(line)):
            indent = line[: len(line) - len(line.lstrip())]
            kept.append("" if running_on else f"{indent}pass")
            running_on = line.rstrip(" ").endswith("\\")
            left_out += 1
            continue
        kept.append(f"{timed[1]}{timed[2]}" if timed else line)
        state = _after(kept[-1], state)
    return kept, left_out


def _after(line: str, state: _State) -> _State:
    """Return the state in which the next line starts."""
    at, quote, depth = 0, state.quote, state.depth
    while True:
        if quote:
            closed = _CLOSE[quote].match(line, at)
            if not closed:
                runs_on = len(quote) == 3 or _ends_in_backslash(line)
                return _State(quote if runs_on else "", depth)
            at, quote = closed.end(), ""
        mark = _MARK.search(line, at)
        if not mark or mark[0] == "#":
            return _State("", depth, not mark and _ends_in_backslash(line))
        at = mark.end()
        if mark[0] in _CLOSE:
            quote = mark[0]
        else:
            depth = max(0, depth + (1 if mark[0] in "([{" else -1))


def _ends_in_backslash(line: str) -> bool:
    return (len(line) - len(line.rstrip("\\"))) % 2 == 1
