"""What is typed after a command: the name of an assignment, a path, the stage of a hint."""

from __future__ import annotations

import difflib
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeVar

import click

from autograder.console import USAGE, command_of, need_root, stop

EMPTY = "it is empty (a variable of the shell that is not set?)."
NOTHING = "There is no assignment in the folder `assignments`: is this the folder of your course?"

Filled = TypeVar("Filled", "tuple[str, ...]", "str | None")


def known(ctx: click.Context, param: click.Parameter, name: str | None) -> str | None:
    """Return the name of an assignment that is there; any other ends the command."""
    from autograder.assignment import names

    if name is not None and not ctx.resilient_parsing:
        there = names(need_root(ctx))
        if name not in there:
            commands = [*getattr(ctx.find_root().command, "commands", ())]
            stop(unknown(name, there, commands, command_of(ctx)), USAGE)
    return name


def filled(ctx: click.Context, param: click.Parameter, value: Filled) -> Filled:
    """Return what an option says; ends the command where it, or one of several, says nothing."""
    given = value if isinstance(value, tuple) else (value,)
    if any(text is not None and not text.strip(" ,") for text in given):
        raise click.BadParameter(f"{EMPTY} Say which, or leave it out.", ctx, param)
    return value


class Place(click.Path):
    """A path; an empty one would be the current folder, which nobody means by it."""

    def __init__(self, **asked: Any) -> None:
        super().__init__(path_type=Path, **asked)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if value == "":
            self.fail(f"{EMPTY} Give a path.", param, ctx)
        try:
            os.lstat(value)
        except (FileNotFoundError, NotADirectoryError):
            pass  # whoever reads or writes it says what is wrong
        except OSError as error:
            told = f"{str(value)[:200]} cannot be reached: {error.strerror}. Choose another place."
            self.fail(told, param, ctx)
        return super().convert(value, param, ctx)


NAME = click.argument("name", callback=known)
PLACE = Place()
FILE = Place(exists=True, dir_okay=False)
FOLDER = Place(exists=True, file_okay=False)


def unknown(typed: str, there: Sequence[str], commands: Sequence[str], command: str) -> str:
    """Return what to say of a name that no assignment has."""
    from autograder.assignment import nearest
    from autograder.report import clean

    shown = " ".join(clean(typed, 80).split())
    said = f"there is no assignment called '{shown}'"
    if not there:
        return f"{said}.\n{NOTHING}"
    near = nearest(typed, there)
    lines = [f"{said}; did you mean {' or '.join(near)}?" if near else f"{said}."]
    words = difflib.get_close_matches(typed[:80], [*commands, "--help"], 1)
    lines += [f"{'Or did' if near else 'Did'} you mean the command: {command} {w}" for w in words]
    if os.path.lexists(typed) or set(typed) & {"/", "\\"}:
        lines.append(f"A path comes after the name: {command} NAME PATH")
    lines += [] if near or words else [f"See which there are: {command} list"]
    return "\n".join(lines)


def stage_of(typed: Sequence[str], hints: int, again: str) -> int:
    """Return which of a question's hints is asked for; ends the command where there is no such."""
    text = " ".join(typed) if typed else "1"
    if not hints or (text.isdecimal() and text.isascii() and 1 <= int(text[:9]) <= hints):
        return int(text) if hints else 1
    many = f"there are {hints} hints, so STAGE is a number from 1 to {hints}"
    many = "there is 1 hint, so STAGE is 1" if hints == 1 else many
    stop(f"'{text[:80]}' is no stage: {many}.\nType: {again}", USAGE)
