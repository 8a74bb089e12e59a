"""The command line: `grade NAME`, and the other commands. Nothing but commands."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, NoReturn, TypeGuard

import click

from autograder.commands.arguments import known
from autograder.commands.course import CLASS, COURSE
from autograder.commands.output import open_all, output
from autograder.commands.work import WORK
from autograder.console import (
    USAGE,
    command_of,
    find_root,
    leave,
    load_each,
    say,
    stop,
)


class Commands(click.Group):
    """`grade NAME` means `grade check NAME`; output that cannot be written is told."""

    def make_context(
        self,
        info_name: str | None,
        args: list[str],
        parent: click.Context | None = None,
        **extra: Any,
    ) -> click.Context:
        with output():
            try:
                return super().make_context(info_name, args, parent, **extra)
            except click.NoSuchOption as error:
                checks = [name for one in self.commands["check"].params for name in one.opts]
                if error.option_name not in checks:
                    raise
                after = f"It comes after the name: {info_name} NAME {error.option_name}"
                raise click.UsageError(f"{error.format_message()}\n{after}", error.ctx) from None

    def invoke(self, ctx: click.Context) -> Any:
        with output():
            try:
                return super().invoke(ctx)
            except click.MissingParameter as error:
                if error.param is None or error.param.callback is not known:
                    raise
                seen = f"See which there are: {command_of(ctx)} list"
                raise click.UsageError(f"{error.format_message()} {seen}", error.ctx) from None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in self.commands and not args[0].startswith("-"):
            return "check", self.commands["check"], args
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands by who types them; of a student's course those of use there."""
        root = ctx.obj or find_root(Path.cwd())
        for title, commands in for_students(root) if is_students(root) else GROUPS:
            with formatter.section(title):
                # The whole first sentence: the formatter breaks lines, and cuts nothing off.
                formatter.write_dl([(str(c.name), c.get_short_help_str(200)) for c in commands])


def is_students(root: Path | None) -> TypeGuard[Path]:
    """Tell whether a course holds assignments and no solutions, as what students get does."""
    from autograder.assignment import names

    return root is not None and bool(names(root)) and not (root / "solutions").is_dir()


def for_students(root: Path) -> Iterator[tuple[str, tuple[click.Command, ...]]]:
    """Yield the first group, without `train` where there is nothing to train."""
    from autograder.assignment import AssignmentError, load, names

    trains = False
    for name in names(root):
        with suppress(AssignmentError):
            trains = trains or load(name, root).training is not None
    title, commands = GROUPS[0]
    yield title, tuple(c for c in commands if trains or c.name != "train")


@click.group(cls=Commands, subcommand_metavar="NAME | COMMAND ...")
@click.version_option(package_name="graded-descent", prog_name="grade")
@click.pass_context
def cli(ctx: click.Context) -> None:
    """Grade your work on an assignment by its NAME, or type one of the commands below.

    Each has a page of its own: COMMAND --help
    """
    if ctx.obj is None:
        ctx.obj = find_root(Path.cwd())


def main(root: Path | None = None) -> NoReturn:
    """Run the command line; `root` is the folder that holds `assignments/`."""
    program = "grade" if root is None else f"python {sys.argv[0]}"
    open_all()
    try:
        with output():
            cli.main(prog_name=program, obj=root)
    except SystemExit as end:
        leave(end.code)
    raise SystemExit(0)


@cli.command("list")
@click.pass_context
def list_(ctx: click.Context) -> None:
    """List the assignments."""
    from autograder.show.lists import assignments

    good, bad = load_each(ctx)
    say(assignments(good, command_of(ctx)))
    if bad:
        stop("\n".join(bad), USAGE)


@cli.command()
@click.pass_context
def doctor(ctx: click.Context) -> None:
    """Show what this machine offers: one block to paste when you ask for help."""
    from autograder.doctor import examine
    from autograder.show.lists import facts

    say(facts(examine(ctx.obj)))


GROUPS: tuple[tuple[str, tuple[click.Command, ...]], ...] = (
    ("For students", (*WORK, list_, doctor)),
    ("For instructors", COURSE),
    ("For teaching assistants", CLASS),
)
for _, commands in GROUPS:
    for command in commands:
        cli.add_command(command)
