"""What a case raises, and in which words."""

from __future__ import annotations

import re
import textwrap

from autograder.report import CheckResult, Finding, Outcome

BROKE = "The grader broke; this is not your fault. Please tell the course staff."
STOPPED = "stopped before its end; the other checks of this question were not run"
# What looks like a tag would vanish from a notebook's page.
_TAG = re.compile(r"<(?=[A-Za-z/!?])")


class Ended(Exception):
    """How a case ends that did not pass; otter strips quotes from the ends of its text."""

    def __init__(self, text: str) -> None:
        super().__init__(text + "\n" if text.endswith("'") else text)


class NotPassed(Ended):
    """The answer is not right yet."""


class NotChecked(Ended):
    """The check could not run here, or a person has to look: it earns nothing yet."""


class GraderBroke(Ended):
    """The fault is ours."""


class Absent(Exception):
    """What a check needs does not lie where it was looked for."""


def failure(result: CheckResult, lost: str) -> Ended:
    """Return what a case raises for a check that did not earn what was asked of it."""
    finding = result.finding or Finding("value", "the answer is not right")
    if result.outcome is Outcome.SKIPPED:
        return NotChecked(f"not checked on this machine: {shown(finding.message)}")
    if finding.kind == "judge":
        return NotChecked(shown(finding.message))
    if result.outcome is Outcome.ERROR:
        return GraderBroke(BROKE if result.hidden else f"{BROKE}\n{shown(finding.message)}")
    first = [f"first mend {lost}: this question builds on it"] if lost else []
    return NotPassed(shown("\n".join([*first, told(finding)])))


def told(finding: Finding) -> str:
    """Return what was seen, with its evidence row by row; never a frame of ours."""
    evidence = {
        "called": finding.inputs,
        "got": finding.got,
        "expected": finding.want,
        "your code": finding.where,
        "hint": finding.hint,
    }
    rows = [f"{name:<10} {text}" for name, text in evidence.items() if text]
    lines = [finding.message, *(textwrap.indent(row, "  ") for row in rows)]
    return "\n".join([*lines, textwrap.indent(finding.traceback, "  ")]).rstrip()


def shown(text: str) -> str:
    """Return a text as a notebook's page can show it."""
    return _TAG.sub("\u2039", text)
