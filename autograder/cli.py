"""The command line: `grade NAME`, and the other commands. Nothing but commands."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import NoReturn

import click

from autograder.commands.course import COURSE
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
    """`grade NAME` means `grade check NAME`; an unknown name gets near ones."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in self.commands and not args[0].startswith("-"):
            return "check", self.commands["check"], args
        return super().resolve_command(ctx, args)


@click.group(cls=Commands, subcommand_metavar="NAME | COMMAND ...")
@click.version_option(package_name="graded-descent", prog_name="grade")
@click.pass_context
def cli(ctx: click.Context) -> None:
    """Grade an assignment: `grade NAME`, or one of the commands below."""
    if ctx.obj is None:
        ctx.obj = find_root(Path.cwd())


def main(root: Path | None = None) -> NoReturn:
    """Run the command line; `root` is the folder that holds `assignments/`."""
    program = "grade" if root is None else f"python {sys.argv[0]}"
    try:
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


for command in (*WORK, *COURSE):
    cli.add_command(command)
