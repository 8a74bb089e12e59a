"""The command line: `grade NAME`, and the other commands. Nothing but commands."""

from __future__ import annotations

import os
import shlex
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

if TYPE_CHECKING:
    from autograder.assignment import Assignment
    from autograder.report import Report
    from autograder.show.screen import Screen
    from autograder.submission import Submission
    from autograder.wall.process import Process

USAGE, ENVIRONMENT, OURS = 2, 3, 4
WATCH_SECONDS = 0.5


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
    program = "grade" if root is None else f"python {Path(sys.argv[0]).name}"
    cli.main(prog_name=program, obj=root)
    raise SystemExit(0)


def find_root(start: Path) -> Path | None:
    """Return the nearest folder at or above `start` that holds `assignments/`."""
    return next((p for p in (start, *start.parents) if (p / "assignments").is_dir()), None)


def stop(message: str, code: int) -> NoReturn:
    click.echo(printable(message), err=True)
    raise SystemExit(code)


def printable(text: str) -> str:
    """Return text that the terminal's encoding can hold."""
    encoding = sys.stdout.encoding or "ascii"
    return text.encode(encoding, "backslashreplace").decode(encoding)


def screen() -> Screen:
    from autograder.show.screen import screen as look

    return look(sys.stdout, os.environ)


def say(text: str) -> None:
    """Print a rendered text, colours and all."""
    click.echo(printable(text), nl=False, color=True)


@contextmanager
def told() -> Iterator[None]:
    """Turn the errors that people can act on into a message and an exit code."""
    from autograder.assignment import AssignmentError

    try:
        yield
    except AssignmentError as error:
        stop(str(error), USAGE)
    except KeyboardInterrupt:
        stop("stopped", 130)


def load(ctx: click.Context, name: str) -> Assignment:
    import difflib

    from autograder.assignment import UnknownAssignment
    from autograder.assignment import load as load_assignment

    with told():
        try:
            return load_assignment(name, need_root(ctx))
        except UnknownAssignment as error:
            near = difflib.get_close_matches(name, cli.commands, 1)
            meant = f"\nOr did you mean the command: {command_of(ctx)} {near[0]}" if near else ""
            stop(f"{error}{meant}", USAGE)


def need_root(ctx: click.Context) -> Path:
    if ctx.obj is None:
        stop("There is no folder `assignments` here or above: go to your course folder.", USAGE)
    root: Path = ctx.obj
    return root


def command_of(ctx: click.Context) -> str:
    return str(ctx.find_root().info_name)


def ask_questions(assignment: Assignment, asked: tuple[str, ...]) -> tuple[str, ...]:
    import difflib

    ids = [q.id for q in assignment.questions]
    for name in asked:
        if name not in ids:
            near = difflib.get_close_matches(name, ids, 1)
            meant = f" Did you mean {near[0]}?" if near else ""
            there = ", ".join(ids)
            stop(f"{assignment.name} has no question {name}: it has {there}.{meant}", USAGE)
    return asked


def run(assignment: Assignment, path: Path, only: tuple[str, ...], entry: str | None) -> Report:
    """Grade the work at `path` in a fresh temporary folder."""
    import tempfile

    from autograder.submission import SubmissionError, open_submission
    from autograder.wall.process import LaunchError, spawn

    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        try:
            work = open_submission(path, assignment, Path(folder).resolve(), entry)
            # The worker warms up while the judge is still importing.
            process = spawn(work.module)
            return judge(assignment, work, only, process)
        except SubmissionError as error:
            from autograder.grading import ungradable

            return ungradable(assignment, str(error), only=only)
        except LaunchError as error:
            stop(f"This machine cannot run your code apart from the grader: {error}", ENVIRONMENT)


def judge(
    assignment: Assignment, work: Submission, only: tuple[str, ...], process: Process
) -> Report:
    from autograder.checks.run import GraderError
    from autograder.grading import grade

    try:
        return grade(assignment, work, only=only, process=process)
    except GraderError as error:
        stop(f"The grader broke; this is not your fault.\n{error}", OURS)


def code_of(report: Report) -> int:
    from autograder.report import Outcome

    return {Outcome.ERROR: OURS, Outcome.FAILED: 1, Outcome.WAITING: 1}.get(report.outcome, 0)


@cli.command()
@click.argument("name")
@click.argument("path", required=False, type=click.Path(path_type=Path))
@click.option("-q", "--question", "questions", multiple=True, help="Only this question.")
@click.option("-v", "--verbose", is_flag=True, help="Show every check.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON, nothing else.")
@click.option("--html", type=click.Path(path_type=Path), help="Also write an HTML report.")
@click.option("--entry", help="FILE of yours that is to be graded, when its name differs.")
@click.option("--watch", is_flag=True, help="Grade again whenever a file changes.")
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
    watch: bool,
) -> None:
    """Grade your work on NAME (at PATH, or where the skeleton lies)."""
    assignment = load(ctx, name)
    asked = ask_questions(assignment, questions)
    work = path or assignment.folder
    while True:
        seen = stamp(work)
        with told():
            report = run(assignment, work, asked, entry)
        command = again(ctx, name, path, entry)
        give(report, command, html, partial=bool(asked), as_json=as_json, verbose=verbose)
        if not watch:
            raise SystemExit(code_of(report))
        await_change(work, seen)
        click.clear()


def give(
    report: Report, command: str, html: Path | None, *, partial: bool, as_json: bool, verbose: bool
) -> None:
    if html is not None:
        from autograder.show.html import html as page

        html.write_text(page(report, command=command, partial=partial), encoding="utf-8")
    if as_json:
        from autograder.show.data import to_json

        say(to_json(report))
    else:
        from autograder.show.terminal import terminal

        view = vars(screen())
        say(terminal(report, **view, partial=partial, verbose=verbose, command=command))


def again(ctx: click.Context, name: str, path: Path | None, entry: str | None) -> str:
    """Return the command that grades the same work again, as it is to be typed."""
    parts = [command_of(ctx), name]
    parts += [shlex.quote(str(path))] if path else []
    parts += ["--entry", shlex.quote(entry)] if entry else []
    return " ".join(parts)


def stamp(path: Path) -> dict[str, int]:
    """Return when each file of the work was last changed (ns)."""
    files = [path] if path.is_file() else [p for p in path.glob("*") if p.is_file()]
    return {str(p): p.stat().st_mtime_ns for p in files}


def await_change(path: Path, seen: dict[str, int]) -> None:
    click.echo("watching for changes; Ctrl-C stops")
    with told():
        while stamp(path) == seen:
            time.sleep(WATCH_SECONDS)


@cli.command("list")
@click.pass_context
def list_(ctx: click.Context) -> None:
    """List the assignments."""
    from autograder.show.lists import assignments

    say(assignments(load_all(ctx), command_of(ctx)))


def load_all(ctx: click.Context) -> list[Assignment]:
    from autograder.assignment import names

    return [load(ctx, name) for name in names(need_root(ctx))]


@cli.command()
@click.pass_context
def status(ctx: click.Context) -> None:
    """Show how far you are in every assignment."""
    from autograder.show.lists import status as render

    with told():
        reports = [run(a, a.folder, (), None) for a in load_all(ctx)]
    say(render(reports, command_of(ctx), unicode=screen().unicode))


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
    say(render(assignment, question, stage, command_of(ctx)))


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
        backup = put_back(assignment, file, assignment.folder)
    except ResetError as error:
        stop(str(error), USAGE)
    kept = f"; yours is kept as {backup.name}" if backup else ""
    click.echo(printable(f"{file} is as it was given{kept}"))


@cli.command()
@click.argument("name")
@click.pass_context
def new(ctx: click.Context, name: str) -> None:
    """Make a small complete assignment NAME to start from."""
    from autograder.release.new import NewError
    from autograder.release.new import new as make

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
@click.pass_context
def doctor(ctx: click.Context) -> None:
    """Show what this machine offers: one block to paste when you ask for help."""
    from autograder.doctor import examine
    from autograder.show.lists import facts

    say(facts(examine(ctx.obj)))
