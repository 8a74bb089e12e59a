"""What a student types: check, hint, reset, submit, train, status."""

from __future__ import annotations

import os
from contextlib import nullcontext
from pathlib import Path

import click

from autograder.commands import POLICIES
from autograder.commands.arguments import FOLDER, NAME, NOTHING, PLACE, filled, stage_of
from autograder.console import (
    ENVIRONMENT,
    USAGE,
    again,
    ask_questions,
    await_change,
    code_of,
    command_of,
    give,
    lacking,
    load,
    load_each,
    need_root,
    run,
    say,
    screen,
    stamp,
    stop,
    told,
)


@click.command()
@NAME
@click.argument("path", required=False, type=PLACE)
@click.option(
    "-q", "--question", "questions", multiple=True, callback=filled, help="Only this question."
)
@click.option("-v", "--verbose", is_flag=True, help="Show every check.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON, nothing else.")
@click.option("--html", type=PLACE, help="Also write an HTML report.")
@click.option(
    "--entry", callback=filled, help="FILE of yours that is to be graded, when its name differs."
)
@click.option("--data", type=FOLDER, help="Folder with data sets.")
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
        said = f"There is no file or folder {path}: give the path of your work."
        meant = f"\nDid you mean the question: {command_of(ctx)} {name} -q {path}"
        stop(said + meant * (str(path) in [q.id for q in assignment.questions]), USAGE)
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


@click.command()
@click.pass_context
def status(ctx: click.Context) -> None:
    """Show how far you are in every assignment."""
    from autograder.show.lists import status as render

    good, bad = load_each(ctx)
    if not good and not bad:
        stop(NOTHING, USAGE)
    able = [assignment for assignment in good if not lacking(assignment)]
    with told():
        reports = [run(assignment, assignment.folder, (), None) for assignment in able]
    say(render(reports, command_of(ctx), unicode=screen().unicode))
    for assignment in good:
        if assignment not in able:
            click.echo(lacking(assignment))
    if bad:
        stop("\n".join(bad), USAGE)


# Unknown options are taken as a stage, so that -1 is told what a stage is.
@click.command(context_settings={"ignore_unknown_options": True})
@NAME
@click.argument("question")
@click.argument("stage", nargs=-1, metavar="[STAGE]")
@click.pass_context
def hint(ctx: click.Context, name: str, question: str, stage: tuple[str, ...]) -> None:
    """Show a hint for a QUESTION, such as q1; STAGE 2, 3, ... say more."""
    from autograder.show.lists import hint as render

    assignment, command = load(ctx, name), command_of(ctx)
    ask_questions(assignment, (question,))
    hints = next(len(q.hints) for q in assignment.questions if q.id == question)
    asked = stage_of(stage, hints, f"{command} hint {name} {question}")
    say(render(assignment, question, asked, command, width=screen().width))


@click.command()
@NAME
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
    except OSError as error:
        stop(f"{file} cannot be written: {error.strerror}. It is as it was before.", USAGE)
    kept = f"; yours is kept as {backup.name}" if backup else ""
    say(f"{file} is as it was given{kept}\n")


@click.command()
@NAME
@click.argument("path", required=False, type=PLACE)
@click.option("--device", type=click.Choice(["auto", "cpu", "cuda"]), default="auto")
@click.option("--epochs", type=click.IntRange(1), help="Fewer epochs than the budget.")
@click.option("--threads", type=click.IntRange(1), help="CPU threads; all cores unless given.")
@click.option("--seed", type=click.IntRange(0, 2**31), default=0, help="Of every random number.")
@click.option("--data", type=FOLDER, help="Folder with data sets.")
@click.option(
    "--entry", callback=filled, help="FILE of yours that is to be trained, when its name differs."
)
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


@click.command()
@NAME
@click.argument("path", required=False, type=PLACE)
@click.option("-o", "--out", type=PLACE, help="The zip; NAME-submission.zip.")
@click.option(
    "--entry", callback=filled, help="FILE of yours that is to be handed in, when its name differs."
)
@click.option("--data", type=FOLDER, help="Folder with data sets.")
@click.option("--incomplete", is_flag=True, help="Also where a required file is missing.")
@click.pass_context
def submit(
    ctx: click.Context,
    name: str,
    path: Path | None,
    out: Path | None,
    entry: str | None,
    data: Path | None,
    incomplete: bool,
) -> None:
    """Make the zip to hand in for NAME, and check what is in it."""
    from autograder.handing_in import hand_in

    assignment = load(ctx, name)
    out = out or need_root(ctx) / f"{assignment.name}-submission.zip"
    work = path or assignment.folder
    commands = again(ctx, name, path, entry), again(ctx, f"submit {name}", path, entry)
    with told():
        raise SystemExit(hand_in(assignment, work, out, entry, data, commands, incomplete))


WORK = (check, status, hint, reset, train, submit)
