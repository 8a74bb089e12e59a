"""How a check ends before its last line."""

from __future__ import annotations

from typing import NoReturn

from autograder.report import Finding


class CheckFailed(AssertionError):
    """The student's answer is not what the check wants.

    `share` is the part of the check's points that it earns all the same, from 0 to 1.
    """

    def __init__(self, finding: Finding, share: float = 0.0) -> None:
        super().__init__(finding.message)
        self.finding = finding
        self.share = share


class Skipped(Exception):
    """The check cannot run on this machine; the message says what would enable it."""


class CannotJudge(Exception):
    """Neither right nor wrong could be decided: a person has to look. Never a zero."""


def skip(reason: str) -> NoReturn:
    """End the check as skipped: `reason` says what is missing and what would enable it."""
    raise Skipped(reason)


def cannot_judge(reason: str) -> NoReturn:
    """End the check undecided: `reason` says what a person should look at."""
    raise CannotJudge(reason)
