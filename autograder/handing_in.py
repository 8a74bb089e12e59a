"""What `grade submit` does: gather the files, make the zip, check what is in it, say so."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from autograder.console import USAGE, lacking, run, say, screen, stop

if TYPE_CHECKING:
    from autograder.assignment import Assignment
    from autograder.report import Report
    from autograder.show.release import Made
    from autograder.submission import Gathered


def hand_in(
    assignment: Assignment,
    work: Path,
    out: Path,
    entry: str | None,
    data: Path | None,
    commands: tuple[str, str],
    incomplete: bool = False,
) -> int:
    """Write the zip to hand in to `out` and say what is in it; return the exit code.

    A required file that is missing stops it, unless it may be `incomplete`; checks that fail
    do not. `commands` grade the work, and make the zip again.
    """
    from autograder.show.handin import handin_text

    found = gathered(assignment, work, out, entry, commands[1], incomplete)
    made = written(found.files, out)
    report, reason = checked(assignment, out, data)
    sizes = {name: len(data) for name, data in found.files.items()}
    optional = [h.name for h in assignment.files if not {h.name, *h.instead} & {*sizes}]
    given = [name for name in optional if name != assignment.module]
    notes = (*found.notes, *untouched(assignment, found), *((reason,) if reason else ()))
    say(handin_text(assignment, sizes, given, made, report, notes, commands[0], screen()))
    return 0


def gathered(
    assignment: Assignment,
    work: Path,
    out: Path,
    entry: str | None,
    again: str,
    incomplete: bool,
) -> Gathered:
    """Return the files to hand in; ends the command where it is not clear which, or one lacks."""
    from autograder.submission import SubmissionError, gather

    if out.resolve() == work.resolve():
        stop(f"{out} is your work itself: choose another name for the hand-in, -o FILE", USAGE)
    if out.suffix.lower() != ".zip":
        stop(f"The hand-in needs a name ending in .zip; {out} was not touched.", USAGE)
    try:
        found = gather(work, assignment, entry)
    except SubmissionError as error:
        stop(str(error), 1)
    if found.rivals:
        both = f"You wrote into {assignment.module} and into {found.rivals[0]}: one of them counts"
        which = f"{again} --entry {assignment.module}\nor: {again} --entry {found.rivals[0]}"
        stop(f"{both}. Nothing was made. Say which: {which}", 1)
    if found.missing and not incomplete:
        said = " ".join(found.notes) or f"missing: {', '.join(found.missing)}."
        then = f"Put the file there, then: {again}\nTo hand in without it: {again} --incomplete"
        stop(f"{said}\nNothing was made. {then}", 1)
    return found


def untouched(assignment: Assignment, found: Gathered) -> list[str]:
    """Return a note for each file that is still as it was given out."""
    from autograder.handin.given import as_given

    same = [name for name, data in found.files.items() if as_given(assignment, name, data)]
    return [f"{name} is as it was given: nothing of yours is in it." for name in same]


def written(files: dict[str, bytes], out: Path) -> Made:
    """Write the zip; ends the command where it cannot be written."""
    from autograder.release.members import Member, pack
    from autograder.show.release import Made

    try:
        digest = pack([Member(name, data) for name, data in files.items()], out)
        return Made(str(out), out.stat().st_size, digest)
    except OSError as error:
        stop(f"{out} cannot be written: {error.strerror}. Choose another place: -o FILE", USAGE)


def checked(assignment: Assignment, made: Path, data: Path | None) -> tuple[Report | None, str]:
    """Grade the zip itself, as it will be opened later; or say why that cannot be done here."""
    if lacks := lacking(assignment):
        return None, f"The public checks did not run: {lacks}"
    return run(assignment, made, (), None, data), ""
