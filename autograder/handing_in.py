"""What `grade submit` does: gather the files, make the zip, check what is in it, say so."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from autograder.console import USAGE, lacking, run, say, screen, stop

if TYPE_CHECKING:
    from autograder.assignment import Assignment
    from autograder.report import Report
    from autograder.show.release import Made


def hand_in(
    assignment: Assignment,
    work: Path,
    out: Path,
    entry: str | None,
    data: Path | None,
    commands: tuple[str, str],
) -> int:
    """Write the zip to hand in to `out` and say what is in it; return the exit code.

    A required file that is missing stops it; checks that fail do not. `commands` grade the
    work, and make the zip again.
    """
    from autograder.show.handin import handin_text
    from autograder.submission import SubmissionError, gather

    if out.resolve() == work.resolve():
        stop(f"{out} is your work itself: choose another name for the hand-in, -o FILE", USAGE)
    if out.suffix.lower() != ".zip":
        stop(f"The hand-in needs a name ending in .zip; {out} was not touched.", USAGE)
    try:
        found = gather(work, assignment, entry)
    except SubmissionError as error:
        stop(str(error), 1)
    if found.missing:
        said = " ".join(found.notes) or f"missing: {', '.join(found.missing)}."
        stop(f"{said}\nNothing was made. Put the file there, then: {commands[1]}", 1)
    made = written(found.files, out)
    report, reason = checked(assignment, out, data)
    sizes = {name: len(data) for name, data in found.files.items()}
    optional = [h.name for h in assignment.files if not {h.name, *h.instead} & {*sizes}]
    given = [name for name in optional if name != assignment.module]
    notes = (*found.notes, *((reason,) if reason else ()))
    say(handin_text(assignment, sizes, given, made, report, notes, commands[0], screen()))
    return 0


def written(files: dict[str, bytes], out: Path) -> Made:
    """Write the zip; ends the command where it cannot be written."""
    from autograder.release.members import Member, pack
    from autograder.show.release import Made

    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        digest = pack([Member(name, data) for name, data in files.items()], out)
        return Made(str(out), out.stat().st_size, digest)
    except OSError as error:
        stop(f"{out} cannot be written: {error.strerror}. Choose another place: -o FILE", USAGE)


def checked(assignment: Assignment, made: Path, data: Path | None) -> tuple[Report | None, str]:
    """Grade the zip itself, as it will be opened later; or say why that cannot be done here."""
    if lacks := lacking(assignment):
        return None, f"The public checks did not run: {lacks}"
    return run(assignment, made, (), None, data), ""
