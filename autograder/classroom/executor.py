"""What carries out gradings: on this machine (`pool`) or on many (`cluster`).

Both take the same jobs and give the same answers; one suite of tests holds them to it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol

from autograder.submission import Submission

LOST_LIMIT = 3  # a submission that ends its grader this often is left to a person


@dataclass(frozen=True)
class Task:
    """What all jobs of a run share: the course folder, the assignment, how to isolate it."""

    root: Path
    name: str
    isolation: str
    data: Path | None = None


@dataclass(frozen=True)
class Job:
    """One grading. `key` is a digest of the work and of the grader: the same job gives the
    same answer, wherever and however often it is carried out."""

    key: str
    submission: Submission


@dataclass(frozen=True)
class Done:
    """The answer to one job: a report as `Report.to_dict` gives it."""

    key: str
    report: dict[str, Any]


class Executor(Protocol):
    """Carries out jobs of one task; used in a `with`, which ends every process it started."""

    def run(self, jobs: Iterable[Job]) -> Iterator[Done]:
        """Yield each answer as it comes, in any order; takes few jobs ahead of the answers.

        A job whose process was killed is carried out again; after LOST_LIMIT times its answer
        is a report of kind "error" that says so. Raises LaunchError when nothing can run here.
        """

    def close(self) -> None: ...
    def __enter__(self) -> Executor: ...
    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...
