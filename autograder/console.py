"""Between the commands and the rest: find the course, grade one piece of work, say things."""

from __future__ import annotations

import os
import shlex
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

if TYPE_CHECKING:
    from autograder.assignment import Assignment
    from autograder.report import Report
    from autograder.show.screen import Screen
    from autograder.submission import Submission
    from autograder.wall.process import Process

USAGE, ENVIRONMENT, OURS, STOPPED = 2, 3, 4, 130
WATCH_SECONDS = 0.5


def find_root(start: Path) -> Path | None:
    """Return the nearest folder at or above `start` that holds `assignments/`."""
    return next((p for p in (start, *start.parents) if (p / "assignments").is_dir()), None)


def need_root(ctx: click.Context) -> Path:
    if ctx.obj is None:
        stop("There is no folder `assignments` here or above: go to your course folder.", USAGE)
    root: Path = ctx.obj
    return root


def command_of(ctx: click.Context) -> str:
    return str(ctx.find_root().info_name)


def load_all(ctx: click.Context) -> list[Assignment]:
    from autograder.assignment import names

    return [load(ctx, name) for name in names(need_root(ctx))]


def load_each(ctx: click.Context) -> tuple[list[Assignment], list[str]]:
    """Load every assignment; return those that load, and what is wrong with the others."""
    from autograder.assignment import AssignmentError, names
    from autograder.assignment import load as load_assignment

    good, bad, root = [], [], need_root(ctx)
    for name in names(root):
        try:
            good.append(load_assignment(name, root))
        except AssignmentError as error:
            bad.append(str(error))
    return good, bad


def load(ctx: click.Context, name: str) -> Assignment:
    from autograder.assignment import load as load_assignment

    with told():
        return load_assignment(name, need_root(ctx))


def ask_questions(assignment: Assignment, asked: tuple[str, ...]) -> tuple[str, ...]:
    import difflib

    ids = [q.id for q in assignment.questions]
    asked = tuple(name for part in asked for name in part.split(",") if name)
    for name in asked:
        if name not in ids:
            near = difflib.get_close_matches(name, ids, 1)
            meant = f" Did you mean {near[0]}?" if near else ""
            there = ", ".join(ids)
            stop(f"{assignment.name} has no question {name}: it has {there}.{meant}", USAGE)
    return asked


def run(
    assignment: Assignment,
    path: Path,
    only: tuple[str, ...],
    entry: str | None,
    data: Path | None = None,
    isolation: str | None = None,
) -> Report:
    """Grade the work at `path` in a fresh temporary folder."""
    import tempfile

    from autograder.submission import SubmissionError, open_submission
    from autograder.wall.process import LaunchError, Order
    from autograder.wall.warm import spawn

    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        try:
            work = open_submission(path, assignment, Path(folder).resolve(), entry)
            # The worker warms up while the judge is still importing.
            limits, policy = assignment.limits, isolation or "best-effort"
            order = Order(work.module, limits.memory_mb, limits.run_seconds, policy)
            return judge(assignment, work, only, spawn(order), data, isolation)
        except SubmissionError as error:
            from autograder.grading import ungradable

            return ungradable(assignment, "missing", str(error), only=only)
        except LaunchError as error:
            stop(f"This machine cannot run your code apart from the grader: {error}", ENVIRONMENT)


def cores() -> int:
    """Return how many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def lacking(assignment: Assignment) -> str:
    """Return what an assignment needs that is not installed here, and how to install it."""
    from importlib.util import find_spec

    if assignment.light or find_spec("torch") is not None:
        return ""
    return (
        f"{assignment.name} needs torch, which is not installed here (a download of about "
        "200 MB for the CPU): pip install -r requirements.txt"
    )


def judge(
    assignment: Assignment,
    work: Submission,
    only: tuple[str, ...],
    process: Process,
    data: Path | None = None,
    isolation: str | None = None,
) -> Report:
    from autograder.checks.run import GraderError
    from autograder.grading import grade, ungradable
    from autograder.wall.isolation import Isolation

    try:
        # Whoever names a weaker policy on the command line has said so for hidden checks too.
        policy = Isolation(isolation or "best-effort")
        anyway = isolation is not None and policy is not Isolation.REQUIRED
        return grade(
            assignment,
            work,
            only=only,
            process=process,
            data=data,
            isolation=policy,
            anyway=anyway,
        )
    except GraderError as error:
        if assignment.solution is not None:
            click.echo(printable(f"the grader: {error}"), err=True)
        return ungradable(assignment, "error", str(error), only=only)


def code_of(report: Report) -> int:
    from autograder.report import Outcome

    return {Outcome.ERROR: OURS, Outcome.FAILED: 1, Outcome.WAITING: 1}.get(report.outcome, 0)


def give(
    report: Report, command: str, html: Path | None, *, partial: bool, as_json: bool, verbose: bool
) -> None:
    if html is not None:
        from autograder.show.html import html as page

        if html.suffix.lower() not in (".html", ".htm"):
            stop(f"The HTML report needs a name ending in .html; {html} was not touched.", USAGE)
        try:
            html.write_text(page(report, command=command, partial=partial), encoding="utf-8")
        except OSError as error:
            seen = f"The HTML report cannot be written to {html}: {error.strerror}."
            stop(f"{seen} Choose another place: --html FILE.html", USAGE)
        click.echo(printable(f"HTML report: {html}"), err=True)
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


def stop(message: str, code: int) -> NoReturn:
    click.echo(printable(message), err=True)
    raise SystemExit(code)


def leave(code: str | int | None) -> NoReturn:
    """End the process; with torch in it at once, since unloading torch takes 0.4 s."""
    if "torch" not in sys.modules or isinstance(code, str):
        raise SystemExit(code)
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError):
            stream.flush()
    os._exit(code or 0)


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


def aside(text: str) -> None:
    """Print beside the result, on standard error: what is going on, and remarks."""
    click.echo(printable(text), nl=False, err=True)


@contextmanager
def told() -> Iterator[None]:
    """Turn the errors that people can act on into a message and an exit code."""
    from autograder.assignment import AssignmentError

    try:
        yield
    except AssignmentError as error:
        stop(str(error), USAGE)
    except KeyboardInterrupt:
        stop("stopped", STOPPED)
