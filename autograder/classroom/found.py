"""What lies in the paths an instructor gave, before it is known which students are meant."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from autograder.handin.entries import shown


class IntakeError(Exception):
    """The class cannot be taken in; the text tells the instructor what to do."""


@dataclass(frozen=True)
class Claim:
    """Whose a submission says it is.

    `ids` are of the kinds of `Student.ids`. `handle` is the file name that stands for the
    student where nothing else does: it may be a name or any of the ids. `number` tells apart
    students of one name (Moodle's participant, a Gradescope submission without a submitter).
    """

    name: str = ""
    ids: tuple[tuple[str, str], ...] = ()
    handle: str = ""
    number: str = ""


@dataclass(frozen=True)
class Found:
    """One submission as it lies there. `label` is what notes call it.

    A `doubtful` one counts only if its name is that of a student in the roster: a table or a
    text beside the hand-ins is most often no hand-in.
    """

    claims: tuple[Claim, ...]
    path: Path
    label: str
    late: bool = False
    submitted: str = ""
    submission: str = ""
    problem: str = ""
    doubtful: bool = False


@dataclass(frozen=True)
class Finds:
    """Submissions, and notes on what was left out."""

    found: tuple[Found, ...] = ()
    notes: tuple[str, ...] = ()


def note(text: str, names: Sequence[str]) -> tuple[str, ...]:
    """Return one note that names all of `names`, sorted; none where there are none."""
    return (f"{text}: {', '.join(shown(name) for name in sorted(names))}.",) if names else ()
