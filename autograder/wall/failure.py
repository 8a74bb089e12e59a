"""The student's failures, as they reach a check."""

from __future__ import annotations

from autograder.report import Finding


class Interrupted(BaseException):
    """The person who runs the student's code inline left it: Ctrl-C, or out of a debugger."""

    def __init__(self, cause: BaseException) -> None:
        super().__init__(str(cause))
        self.cause = cause


class StudentFailure(Exception):
    """The student's code raised, hung, died, or lacks a name; never our own fault."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.message)
        self.finding = finding
