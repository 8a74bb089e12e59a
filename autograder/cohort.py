"""A class as frozen data: who handed in what, and what grading found.

`classroom` fills these in; renderers in `autograder.show` are pure functions of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from autograder.report import Outcome, Report


class Status(str, Enum):
    """How grading one student's work ended; `FAULT` and `KEPT` are our own.

    `KEPT` is an earlier score that stands because the grader broke at the last grading.
    """

    GRADED = "graded"
    UNGRADABLE = "not gradable"
    TIMEOUT = "timed out"
    MEMORY = "out of memory"
    FAULT = "grader fault"
    KEPT = "earlier score"
    MISSING = "missing"


@dataclass(frozen=True)
class Student:
    """One student. `key` is unique in the class and safe as a file name: the stem of the
    student's own report. `ids` are what learning platforms call the student: the keys "sid",
    "email", "canvas", "login" and "section", where they are known.
    """

    key: str
    name: str = ""
    ids: tuple[tuple[str, str], ...] = ()

    def id(self, kind: str) -> str:
        """Return one of the ids; nothing where it is not known."""
        return dict(self.ids).get(kind, "")


@dataclass(frozen=True)
class Candidate:
    """One submission as it was found: whose it is, and the file or folder that holds it.

    A group's work has several `students`. `problem` says why `path` cannot be graded, where
    that is known before it is opened. `submitted` is the time as the platform wrote it,
    `submission` the platform's number.
    """

    students: tuple[Student, ...]
    path: Path
    late: bool = False
    submitted: str = ""
    submission: str = ""
    problem: str = ""


@dataclass(frozen=True)
class Standing:
    """One row of the gradebook. There is no report where nothing was handed in or opened.

    `reason` says why the status is not "graded". `attempts` counts how often this work was
    graded. `work` is the sha256 of the hand-in, `grader` that of assignment and graders.
    """

    student: Student
    status: Status
    report: Report | None = None
    reason: str = ""
    attempts: int = 0
    late: bool = False
    submitted: str = ""
    submission: str = ""
    source: str = ""
    work: str = ""
    grader: str = ""

    @property
    def score(self) -> float | None:
        """The points earned; None where a person has to decide, 0 where nothing came."""
        if self.status is Status.FAULT:
            return None
        return self.report.earned if self.report is not None else 0.0


@dataclass(frozen=True)
class Cohort:
    """A graded class: one standing a student, in the order of their keys.

    `questions` are (id, title, points) of the assignment, `facts` strings about the run.
    """

    assignment: str
    title: str
    possible: float
    questions: tuple[tuple[str, str, float], ...]
    standings: tuple[Standing, ...]
    facts: tuple[tuple[str, str], ...] = ()

    def of(self, status: Status) -> tuple[Standing, ...]:
        return tuple(s for s in self.standings if s.status is status)


def status_of(report: Report) -> tuple[Status, str]:
    """Return how a grading ended, and the reason where it was not simply graded."""
    findings = [c.finding for c in report.checks if c.finding is not None]
    if report.outcome is Outcome.ERROR:
        return Status.FAULT, next((f.message for f in findings if f.kind in _OURS), "")
    for finding in findings:
        if finding.exception == "MemoryError" or "of memory" in finding.message:
            return Status.MEMORY, finding.message
    timeout = next((f for f in findings if f.kind == "timeout" or _LATE in f.message), None)
    return (Status.TIMEOUT, timeout.message) if timeout else (Status.GRADED, "")


_OURS = ("error", "isolation", "judge")
_LATE = "did not finish within"  # an import is told with another kind
