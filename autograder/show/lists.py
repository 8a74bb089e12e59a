"""Lists for the terminal: the assignments, how far each is, and the facts of a machine."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import wrap

from autograder.assignment import Assignment
from autograder.report import Report

BAR = 20


def assignments(found: Sequence[Assignment], command: str) -> str:
    """Return one line an assignment, and how to grade the first."""
    if not found:
        return "There is no assignment here.\n"
    wide = max(len(a.name) for a in found)
    lines = [f"{a.name:<{wide}}  {len(a.questions)} questions  {a.title}" for a in found]
    return "\n".join([*lines, "", f"next: {command} {found[0].name}"]) + "\n"


def status(reports: Sequence[Report], command: str, *, unicode: bool) -> str:
    """Return one bar a report, and the assignment to go on with."""
    full, empty = ("█", "░") if unicode else ("#", ".")
    wide = max((len(r.assignment) for r in reports), default=0)
    lines = []
    for report in reports:
        done = int(BAR * report.earned / report.possible) if report.possible else 0
        left = f"  {report.hidden_left} hidden checks remain" if report.hidden_left else ""
        bar = full * done + empty * (BAR - done)
        score = f"{report.earned:g} / {report.possible:g}"
        lines.append(f"{report.assignment:<{wide}}  {bar}  {score}{left}")
    unfinished = [r.assignment for r in reports if r.earned < r.possible]
    end = f"next: {command} {unfinished[0]}" if unfinished else "Every check that ran here passes."
    return "\n".join([*lines, "", end]) + "\n"


def facts(found: dict[str, str]) -> str:
    """Return facts as an aligned block."""
    wide = max(map(len, found))
    return "\n".join(f"{key:<{wide}}  {value}" for key, value in found.items()) + "\n"


def hint(
    assignment: Assignment, question: str, stage: int, command: str, *, width: int = 80
) -> str:
    """Return one stage of a question's hints, and how to see the next."""
    asked = next(q for q in assignment.questions if q.id == question)
    if not asked.hints:
        return f"{question} ({asked.title}) has no hints: the handout says what is wanted.\n"
    stage = min(max(stage, 1), len(asked.hints))
    lines = [f"{question} · {asked.title} · hint {stage} of {len(asked.hints)}", ""]
    margin = "  "
    said = asked.hints[stage - 1]
    lines += wrap(said, width, initial_indent=margin, subsequent_indent=margin)
    after = f"{command} hint {assignment.name} {question} {stage + 1}"
    lines += ["", f"next: {after}" if stage < len(asked.hints) else "That was the last hint."]
    return "\n".join(lines) + "\n"
