"""What an instructor and a teaching assistant type: new, verify, release, gradescope, batch."""

from __future__ import annotations

import os
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from autograder.commands import POLICIES
from autograder.commands.arguments import FILE, FOLDER, NAME, NOTHING, PLACE, filled, known
from autograder.console import (
    ENVIRONMENT,
    USAGE,
    command_of,
    cores,
    lacking,
    load,
    load_all,
    need_root,
    say,
    screen,
    stop,
    told,
)

if TYPE_CHECKING:
    from autograder.assignment import Assignment

UNTRAINED = (
    "Weights are graded as they were handed in: to train a whole class again would take the budget "
    "once for each. To train the work of one student again, grade it alone, with --retrain."
)


@click.command()
@click.argument("name")
@click.pass_context
def new(ctx: click.Context, name: str) -> None:
    """Make a small complete assignment NAME to start from."""
    from autograder.release.new import NewError
    from autograder.release.new import new as make

    if name in getattr(ctx.find_root().command, "commands", ()):
        stop(f"{name} is a command: `grade {name}` would never reach the assignment.", USAGE)
    root = ctx.obj or Path.cwd()
    try:
        made = make(name, root)
    except NewError as error:
        stop(str(error), USAGE)
    except OSError as error:
        why = error.strerror or "not every file could be copied"
        told = f"{error.filename or root} cannot be written: {why}."
        stop(f"{told}\nGo to a folder where you may write, and type it there.", USAGE)
    for path in made:
        click.echo(path.relative_to(root))
    click.echo(f"\nnext: {command_of(ctx)} verify {name}")


@click.command()
@click.argument("name", required=False, callback=known)
@click.option("--write-skeleton", is_flag=True, help="First cut the skeleton from the master.")
@click.pass_context
def verify(ctx: click.Context, name: str | None, write_skeleton: bool) -> None:
    """Prove the graders of NAME, or of every assignment."""
    chosen = [load(ctx, name)] if name else load_all(ctx)
    if not chosen:
        stop(f"{NOTHING}\nMake a first one: {command_of(ctx)} new NAME", USAGE)
    for assignment in chosen:
        if assignment.solution is None:
            lacks_solution(assignment)
        if name and (lacks := lacking(assignment)):
            stop(lacks, ENVIRONMENT)
    for assignment in chosen:
        if lacks := lacking(assignment):
            click.echo(f"not proved here: {lacks}")
    chosen = [assignment for assignment in chosen if not lacking(assignment)]
    if write_skeleton:
        cut(chosen)
    good = [prove(ctx, assignment) for assignment in chosen]
    raise SystemExit(0 if all(good) else 1)


def cut(chosen: list[Assignment]) -> None:
    from autograder.release.skeleton import SkeletonError, write_skeleton

    for assignment in chosen:
        try:
            write_skeleton(assignment)
        except SkeletonError as error:
            stop(f"{assignment.name}: {error}", USAGE)


def prove(ctx: click.Context, assignment: Assignment) -> bool:
    """Print the proof of one assignment's graders; return whether every promise holds."""
    from autograder.show.proof import proof_text
    from autograder.verify import verify as run_proof
    from autograder.wall.process import LaunchError

    with told():
        try:
            proof = run_proof(assignment, jobs=min(os.cpu_count() or 1, 4))
        except LaunchError as error:
            stop(f"This machine cannot run code apart from the grader: {error}", ENVIRONMENT)
    say(proof_text(proof, **vars(screen()), command=command_of(ctx)))
    return proof.holds


@click.command(epilog=UNTRAINED)
@NAME
@click.argument("paths", nargs=-1, required=True, type=PLACE)
@click.option(
    "-o",
    "--out",
    required=True,
    type=PLACE,
    help="Folder for what comes of it.",
)
@click.option("-j", "--jobs", type=click.IntRange(1), help="Gradings at once; one a core.")
@click.option("--roster", type=FILE, help="CSV of who is in the class.")
@click.option("--regrade", is_flag=True, help="Grade anew what a changed grader graded; compare.")
@click.option("--db", "database", help="URL of a PostgreSQL gradebook; SQLite in OUT unless given.")
@click.option("--canvas", type=FILE, help="Canvas's exported CSV to fill; also the roster.")
@click.option("--column", default="", help='Its column: "Title (id)".')
@click.option("--data", type=FOLDER, help="Folder with data sets.")
@click.option("--entry", callback=filled, help="FILE to grade, when all were told another name.")
@click.option("--isolation", type=POLICIES, default="required", help="How far code is kept apart.")
@click.option("--scheduler", help="Address of a dask scheduler: grade on its machines.")
@click.option("--gpu", is_flag=True, help="Only on workers that offer --resources GPU=1.")
@click.pass_context
def batch(
    ctx: click.Context,
    name: str,
    paths: tuple[Path, ...],
    out: Path,
    jobs: int | None,
    roster: Path | None,
    regrade: bool,
    database: str | None,
    canvas: Path | None,
    column: str,
    data: Path | None,
    entry: str | None,
    isolation: str,
    scheduler: str | None,
    gpu: bool,
) -> None:
    """Grade a class: folders, files, or what Gradescope, Canvas or Moodle let you download."""
    from autograder.marking import Terms, mark

    assignment = load(ctx, name)
    if lacks := lacking(assignment):
        stop(lacks, ENVIRONMENT)
    for path in paths:
        if not os.path.lexists(path):
            stop(f"There is no file or folder {path}: give what was handed in.", USAGE)
    command = shlex.join([*command_of(ctx).split(), *sys.argv[1:]])
    terms = Terms(
        need_root(ctx),
        paths,
        out,
        jobs or cores(),
        isolation,
        roster,
        data,
        database,
        regrade,
        scheduler,
        gpu,
        canvas,
        column,
        entry,
    )
    raise SystemExit(mark(assignment, terms, command))


@click.command()
@NAME
@click.option("-o", "--out", type=PLACE, default="dist", help="Folder for it.")
@click.pass_context
def release(ctx: click.Context, name: str, out: Path) -> None:
    """Make what students get of NAME: a zip with a notebook, proved free of secrets."""
    from autograder.publishing import publish

    assignment = need_solution(ctx, name)
    with told():
        raise SystemExit(publish(assignment, need_root(ctx), out, command_of(ctx)))


@click.command()
@NAME
@click.option("-o", "--out", type=PLACE, default="dist", help="Folder for it.")
@click.option("--python", default="3.10", help="Python of the platform's image.", metavar="3.N")
@click.option("--backend", type=click.Choice(["own", "otter"]), default="own", help="Who grades.")
@click.option("--data", type=FOLDER, help="Folder with data sets.")
@click.pass_context
def gradescope(
    ctx: click.Context, name: str, out: Path, python: str, backend: str, data: Path | None
) -> None:
    """Make the autograder zip of NAME for Gradescope."""
    from autograder.publishing import publish_autograder

    assignment = need_solution(ctx, name)
    with told():
        code = publish_autograder(assignment, need_root(ctx), out, python, backend, data)
        raise SystemExit(code)


def need_solution(ctx: click.Context, name: str) -> Assignment:
    assignment = load(ctx, name)
    if assignment.solution is None:
        lacks_solution(assignment)
    return assignment


def lacks_solution(assignment: Assignment) -> NoReturn:
    name = assignment.name
    stop(f"{name} has no folder solutions/{name} here: this is for whoever has it.", ENVIRONMENT)


COURSE = (new, verify, release, gradescope)
CLASS = (batch,)
