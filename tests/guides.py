"""A guide as data: its blocks of code, each with the comment that says how it is run.

A fenced block stands below a comment on a line of its own:

    <!-- file: PATH -->    the block is written to PATH in the course of the page
    <!-- more: PATH -->    it is added at the end of PATH
    <!-- change: PATH -->  a line with - is taken out of PATH, lines with + come in its place
    <!-- run -->           lines with $ are typed, the others are what they say; `run: 1` wants
                           exit code 1 of the last of them
    <!-- try -->           Python that runs alone. It passes, or ends in comments that hold the
                           message and the hint of the check that fails; `try: MODULE` needs a
                           module that may be missing

What is said is standard output, or standard error when there is none. In it a line `...` stands
for any lines; seconds, sizes, digests and the device may differ.
A block without such a comment is an error: no snippet can be added that nobody runs.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import sysconfig
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

# What has to name a file; to the others something may be added.
KINDS = {"file": True, "more": True, "change": True, "run": False, "try": False}
_COMMENT = re.compile(r"<!-- (\w+)(?:: (\S+))? -->")
_FENCE = re.compile(r"\s*(`{3,}|~{3,})")
_CODE = re.compile(r"(?:    |\t)\s*\S|.*<(?:pre|code)\b", re.I)
_VARIES = (
    (re.compile(r"· (?:cpu|cuda) \([^)]*\)"), "· DEVICE"),
    (re.compile(r"\d+\.\d+ s\b"), "0.00 s"),
    (re.compile(r"\b[0-9a-f]{64}\b"), "DIGEST"),
    (re.compile(r"\s+\([\d,]+ bytes\)"), " (0 bytes)"),
    (re.compile(r"[\d,]+ bytes"), "0 bytes"),
    (re.compile(r"^(  \S+) +[\d,]+$", re.M), r"\1 0"),
    (re.compile(r"\b(graded_descent-)[\w.]+(-py3)"), r"\1VERSION\2"),
    (re.compile(r"[ ─]+"), " "),
)


class PageError(ValueError):
    """A page breaks its own rules; the text begins with the line."""


@dataclass(frozen=True)
class Block:
    """One fenced block: what it is, of which file, its text, the line of its fence."""

    kind: str
    argument: str
    text: str
    line: int


@dataclass(frozen=True)
class Typed:
    """One command of a `run` block, and what it is to say."""

    command: str
    says: str


def read(page: str) -> tuple[Block, ...]:
    """Return the blocks of a page in their order; raises PageError."""
    found: list[Block] = []
    lines, number = page.split("\n"), 0
    while number < len(lines):
        fence = _FENCE.match(lines[number])
        if fence is None:
            if _CODE.match(lines[number]):
                raise PageError(f"line {number + 1}: code stands outside a fenced block")
            number += 1
            continue
        kind, argument = _said_above(lines, number)
        last = _end(lines, number, fence[1])
        text = "".join(f"{line}\n" for line in lines[number + 1 : last])
        found.append(Block(kind, argument, text, number + 1))
        number = last + 1
    return tuple(found)


def _said_above(lines: list[str], number: int) -> tuple[str, str]:
    comment = _COMMENT.fullmatch(lines[number - 1]) if number else None
    if comment is None or comment[1] not in KINDS:
        raise PageError(f"line {number + 1}: no comment above this block says how it is run")
    kind, argument = comment[1], comment[2] or ""
    if KINDS[kind] and not argument:
        raise PageError(f"line {number}: name the file")
    if kind == "run" and argument and not argument.isdecimal():
        raise PageError(f"line {number}: {argument!r} is no exit code")
    return kind, argument


def _end(lines: list[str], number: int, fence: str) -> int:
    for later in range(number + 1, len(lines)):
        if lines[later].strip() == fence:
            return later
    raise PageError(f"line {number + 1}: this block is not closed")


def commands(block: Block) -> tuple[Typed, ...]:
    """Return the commands of a `run` block; raises PageError for output without a command."""
    found: list[Typed] = []
    for line in block.text.splitlines(keepends=True):
        if line.startswith("$ "):
            found.append(Typed(line[2:].strip(), ""))
        elif not found:
            raise PageError(f"line {block.line}: the first line of a `run` begins with $")
        else:
            found[-1] = Typed(found[-1].command, found[-1].says + line)
    if not found:
        raise PageError(f"line {block.line}: nothing is typed here")
    return tuple(found)


def changed(text: str, change: Block) -> str:
    """Return `text` after a `change` block; a line that is taken out stands there once."""
    lines, place = text.splitlines(), -1
    for row in change.text.splitlines():
        sign, line = row[:1], row[1:]
        if sign == "-":
            if lines.count(line) != 1:
                says = f"{line!r} stands {lines.count(line)} times in {change.argument}"
                raise PageError(f"line {change.line}: {says}")
            place = lines.index(line)
            del lines[place]
        elif sign == "+" and place >= 0:
            lines.insert(place, line)
            place += 1
        else:
            raise PageError(f"line {change.line}: a line with - comes first, then those with +")
    return "".join(f"{line}\n" for line in lines)


def agrees(shown: str, said: str) -> bool:
    """Tell whether a command said what the page shows."""
    lines = _masked(shown).split("\n")
    pattern = "".join(r"(?:.*\n)*?" if s == "..." else re.escape(s) + r"\n" for s in lines)
    return re.fullmatch(pattern, _masked(said) + "\n") is not None


def _masked(text: str) -> str:
    """Return a text without what differs from one time to the next."""
    for pattern, instead in _VARIES:
        text = pattern.sub(instead, text)
    return "\n".join(line.strip() for line in text.strip("\n").split("\n"))


class Course:
    """A folder with a course in it, in which a page is followed."""

    def __init__(self, folder: Path) -> None:
        self.home = folder.resolve()
        self.place = self.home / "course"
        self.programs = self.home / "programs"
        for part in (self.place, self.programs):
            part.mkdir()
        shutil.copy(ROOT / "grade.py", self.place)
        shutil.copy(ROOT / "constraints.txt", self.place)
        for name in ("python", "python3"):
            program = self.programs / name
            program.write_text(f'#!/bin/sh\nPYTHONPATH="{ROOT}" exec "{sys.executable}" "$@"\n')
            program.chmod(0o755)

    def follow(self, block: Block) -> None:
        if block.kind == "run":
            self.type(block)
            return
        path = self.place / block.argument
        path.parent.mkdir(parents=True, exist_ok=True)
        there = path.read_text(encoding="utf-8") if path.exists() else ""
        if block.kind == "change":
            text = changed(there, block)
        else:
            text = (there if block.kind == "more" else "") + block.text
        path.write_text(text, encoding="utf-8")

    def type(self, block: Block) -> None:
        typed = commands(block)
        wanted = [0] * (len(typed) - 1) + [int(block.argument or 0)]
        for one, code in zip(typed, wanted, strict=True):
            if one.command.startswith("cd "):
                self.place = self.place / one.command[3:]
                continue
            done = self.shell(one.command)
            said = (done.stdout or done.stderr).replace(str(self.home), "/home/you")
            where = f"line {block.line}: $ {one.command}\n{said}"
            assert agrees(one.says, said), where
            assert done.returncode == code, f"exit code {done.returncode}, {where}"
            if "-m venv " in one.command:
                self.lend(one.command.split()[-1])

    def shell(self, command: str) -> subprocess.CompletedProcess[str]:
        kept = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "VIRTUAL_ENV")}
        path = f"{self.programs}{os.pathsep}{os.environ['PATH']}"
        # Nothing is fetched: what the toolkit needs is lent by the Python that runs this.
        pip = {"PIP_NO_INDEX": "1", "PIP_NO_DEPS": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
        plain = {"COLUMNS": "80", "PYTHONUTF8": "1", "NO_COLOR": "1", "PATH": path}
        return subprocess.run(
            ["bash", "-c", command],
            cwd=self.place,
            capture_output=True,
            text=True,
            timeout=120,
            env={**kept, **pip, **plain},
        )

    def lend(self, name: str) -> None:
        for packages in (self.place / name).glob("lib/python*/site-packages"):
            (packages / "lent.pth").write_text(sysconfig.get_path("purelib") + "\n")


def promised(block: Block) -> str:
    """Return what the comments at the end of a `try` block hold, or nothing."""
    said: list[str] = []
    for line in reversed(block.text.splitlines()):
        if not line.startswith("# "):
            break
        said.insert(0, line[2:])
    return "\n".join(said)


def tried(block: Block, page: str) -> str:
    """Run a `try` block and return what its failed check says, or nothing."""
    from autograder.checks import CheckFailed

    try:
        exec(compile("\n" * block.line + block.text, page, "exec"), {"__name__": "guide"})
    except CheckFailed as failed:
        hint = failed.finding.hint
        return failed.finding.message + (f"\nhint: {hint}" if hint else "")
    return ""
