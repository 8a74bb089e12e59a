"""The student's failures, as they reach a check."""

from __future__ import annotations

from autograder.report import Finding


class StudentFailure(Exception):
    """The student's code raised, hung, died, or lacks a name; never our own fault."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.message)
        self.finding = finding
