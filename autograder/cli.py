"""The command line: `grade NAME`, and the other commands. Nothing but commands."""

from __future__ import annotations

import os
import shlex
import sys
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from autograder.console import (
    ENVIRONMENT,
    USAGE,
    again,
    ask_questions,
    await_change,
    code_of,
    command_of,
    cores,
    find_root,
    give,
    lacking,
    leave,
    load,
    load_all,
    load_each,
    need_root,
    run,
    say,
    screen,
    stamp,
    stop,
    told,
)

if TYPE_CHECKING:
    from autograder.assignment import Assignment


THERE = click.Path(exists=True, path_type=Path)
POLICIES = click.Choice(["required", "best-effort", "off"])


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


@cli.command()
@click.argument("name")
@click.argument("path", required=False, type=click.Path(path_type=Path))
@click.option("-q", "--question", "questions", multiple=True, help="Only this question.")
@click.option("-v", "--verbose", is_flag=True, help="Show every check.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON, nothing else.")
@click.option("--html", type=click.Path(path_type=Path), help="Also write an HTML report.")
@click.option("--entry", help="FILE of yours that is to be graded, when its name differs.")
@click.option("--data", type=click.Path(path_type=Path), help="Folder with data sets.")
@click.option("--watch", is_flag=True, help="Grade again whenever a file changes.")
@click.option("--retrain", is_flag=True, help="Train the work first, inside its budget.")
@click.option("--isolation", type=POLICIES, help="How far the code must be kept apart.")
@click.pass_context
def check(
    ctx: click.Context,
    name: str,
    path: Path | None,
    questions: tuple[str, ...],
    verbose: bool,
    as_json: bool,
    html: Path | None,
    entry: str | None,
    data: Path | None,
    watch: bool,
    retrain: bool,
    isolation: str | None,
) -> None:
    """Grade your work on NAME (at PATH, or where the skeleton lies)."""
    assignment = load(ctx, name)
    asked = ask_questions(assignment, questions)
    if lacks := lacking(assignment):
        stop(lacks, ENVIRONMENT)
    if path is not None and not os.path.lexists(path):
        stop(f"There is no file or folder {path}: give the path of your work.", USAGE)
    work = path or assignment.folder
    if retrain:
        from autograder.practice import trained
    while True:
        seen = stamp(work)
        fresh = (
            trained(assignment, work, entry, data, isolation)
            if retrain
            else nullcontext((work, entry))
        )
        with told(), fresh as (place, named):
            report = run(assignment, place, asked, named, data, isolation)
        command = again(ctx, name, path, entry)
        give(report, command, html, partial=bool(asked), as_json=as_json, verbose=verbose)
        if not watch:
            raise SystemExit(code_of(report))
        await_change(work, seen)
        click.clear()


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
def status(ctx: click.Context) -> None:
    """Show how far you are in every assignment."""
    from autograder.show.lists import status as render

    good, bad = load_each(ctx)
    able = [assignment for assignment in good if not lacking(assignment)]
    with told():
        reports = [run(assignment, assignment.folder, (), None) for assignment in able]
    say(render(reports, command_of(ctx), unicode=screen().unicode))
    for assignment in good:
        if assignment not in able:
            click.echo(lacking(assignment))
    if bad:
        stop("\n".join(bad), USAGE)


@cli.command()
@click.argument("name")
@click.argument("question")
@click.argument("stage", type=int, default=1)
@click.pass_context
def hint(ctx: click.Context, name: str, question: str, stage: int) -> None:
    """Show a hint for a QUESTION; STAGE 2, 3, ... say more."""
    from autograder.show.lists import hint as render

    assignment = load(ctx, name)
    ask_questions(assignment, (question,))
    say(render(assignment, question, stage, command_of(ctx), width=screen().width))


@cli.command()
@click.argument("name")
@click.argument("file")
@click.pass_context
def reset(ctx: click.Context, name: str, file: str) -> None:
    """Put back the FILE you were given; yours is kept as a backup."""
    from autograder.release.original import ResetError
    from autograder.release.original import reset as put_back

    assignment = load(ctx, name)
    try:
        backup = put_back(assignment, Path(file).name, assignment.folder)
    except ResetError as error:
        stop(str(error), USAGE)
    kept = f"; yours is kept as {backup.name}" if backup else ""
    say(f"{file} is as it was given{kept}\n")


@cli.command()
@click.argument("name")
@click.pass_context
def new(ctx: click.Context, name: str) -> None:
    """Make a small complete assignment NAME to start from."""
    from autograder.release.new import NewError
    from autograder.release.new import new as make

    if name in cli.commands:
        stop(f"{name} is a command: `grade {name}` would never reach the assignment.", USAGE)
    root = ctx.obj or Path.cwd()
    try:
        made = make(name, root)
    except NewError as error:
        stop(str(error), USAGE)
    for path in made:
        click.echo(path.relative_to(root))
    click.echo(f"\nnext: {command_of(ctx)} verify {name}")


@cli.command()
@click.argument("name", required=False)
@click.option("--write-skeleton", is_flag=True, help="First cut the skeleton from the master.")
@click.pass_context
def verify(ctx: click.Context, name: str | None, write_skeleton: bool) -> None:
    """Prove the graders of NAME, or of every assignment."""
    chosen = [load(ctx, name)] if name else load_all(ctx)
    for assignment in chosen:
        if assignment.solution is None:
            stop(f"{assignment.name} has no folder solutions/{assignment.name} here.", ENVIRONMENT)
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


@cli.command()
@click.argument("name")
@click.argument("path", required=False, type=click.Path(path_type=Path))
@click.option("--device", type=click.Choice(["auto", "cpu", "cuda"]), default="auto")
@click.option("--epochs", type=click.IntRange(1), help="Fewer epochs than the budget.")
@click.option("--threads", type=click.IntRange(1), help="CPU threads; all cores unless given.")
@click.option("--seed", type=click.IntRange(0, 2**31), default=0, help="Of every random number.")
@click.option("--data", type=click.Path(path_type=Path), help="Folder with data sets.")
@click.option("--entry", help="FILE of yours that is to be trained, when its name differs.")
@click.pass_context
def train(
    ctx: click.Context,
    name: str,
    path: Path | None,
    device: str,
    epochs: int | None,
    threads: int | None,
    seed: int,
    data: Path | None,
    entry: str | None,
) -> None:
    """Train your model for NAME within its budget; keep the weights beside your work."""
    from autograder.practice import planned, practise

    assignment = load(ctx, name)
    if path is not None and not os.path.lexists(path):
        stop(f"There is no file or folder {path}: give the path of your work.", USAGE)
    commands = again(ctx, name, path, entry), again(ctx, f"train {name}", path, entry)
    with told():
        plan = planned(assignment, device, epochs, threads, seed, data)
        raise SystemExit(practise(assignment, path or assignment.folder, plan, entry, commands))


@cli.command()
@click.argument("name")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "-o",
    "--out",
    required=True,
    type=click.Path(path_type=Path),
    help="Folder for what comes of it.",
)
@click.option("-j", "--jobs", type=click.IntRange(1), help="Gradings at once; one a core.")
@click.option("--roster", type=THERE, help="CSV of who is in the class.")
@click.option("--regrade", is_flag=True, help="Grade anew what a changed grader graded; compare.")
@click.option("--db", "database", help="URL of a PostgreSQL gradebook; SQLite in OUT unless given.")
@click.option("--canvas", type=THERE, help="Canvas's exported CSV to fill; also the roster.")
@click.option("--column", default="", help='Its column: "Title (id)".')
@click.option("--data", type=THERE, help="Folder with data sets.")
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
    isolation: str,
    scheduler: str | None,
    gpu: bool,
) -> None:
    """Grade a class: folders, files, or what Gradescope, Canvas or Moodle let you download."""
    from autograder.marking import Terms, mark, paths_given

    assignment = load(ctx, name)
    if lacks := lacking(assignment):
        stop(lacks, ENVIRONMENT)
    command = shlex.join([*command_of(ctx).split(), *sys.argv[1:]])
    terms = Terms(
        need_root(ctx),
        paths_given(paths),
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
    )
    raise SystemExit(mark(assignment, terms, command))


@cli.command()
@click.pass_context
def doctor(ctx: click.Context) -> None:
    """Show what this machine offers: one block to paste when you ask for help."""
    from autograder.doctor import examine
    from autograder.show.lists import facts

    say(facts(examine(ctx.obj)))
