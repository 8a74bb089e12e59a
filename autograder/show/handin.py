"""What `grade submit` says: the files in the zip, the public checks, and where to go next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from autograder.assignment import Assignment
from autograder.report import Outcome, Report, clean
from autograder.show import words
from autograder.show.layout import wrap
from autograder.show.release import Made, made_lines
from autograder.show.screen import Screen


def handin_text(
    assignment: Assignment,
    sizes: Mapping[str, int],
    absent: Sequence[str],
    made: Made,
    report: Report | None,
    notes: Sequence[str],
    command: str,
    look: Screen,
) -> str:
    """Return the summary of a hand-in.

    `sizes` are bytes by file, `absent` optional files that are not there, `made` is the zip,
    `report` is None where the checks could not run here.
    """
    column = max(len(name) for name in (*sizes, *absent))
    dot = " · " if look.unicode else " - "
    lines = [dot.join(("graded descent", assignment.name, "hand-in")), ""]
    lines += [f"  {name:<{column}}  {count:,} bytes" for name, count in sizes.items()]
    lines += [f"  {name:<{column}}  not there: optional, questions may need it" for name in absent]
    lines += ["", *made_lines(made), ""]
    for note in notes:
        lines += wrap(f"note: {clean(note, 400)}", look.width)
    if report is not None:
        lines += wrap(_score(assignment, report), look.width)
    if report is not None and report.outcome is Outcome.FAILED:
        lines += wrap(f"You can still work on it: {command}", look.width)
    lines += wrap("next: hand in this zip where your course collects work", look.width)
    return "\n".join(lines) + "\n"


def _score(assignment: Assignment, report: Report) -> str:
    public = [check for check in report.checks if not check.hidden]
    passed = sum(check.outcome is Outcome.PASSED for check in public)
    left = sum(question.hidden for question in assignment.questions)
    later = f"; {words.count(left, 'hidden check')} run after you hand in" if left else ""
    return f"{passed} of {words.count(len(public), 'public check')} passed{later}"
