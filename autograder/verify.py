"""`verify(assignment) -> Proof`: the proof of a grader, before a student meets it.

The solution, the skeleton, every known mistake, every other right answer and a set of junk
submissions are graded as a student's work would be, behind the wall; then each promise of
`autograder.promises` is looked at.
"""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import chain
from multiprocessing import get_context
from pathlib import Path

from autograder import junk
from autograder.assignment import Assignment
from autograder.checks.run import Check, GraderError
from autograder.grading import collect, grade, packages, ungradable
from autograder.leaks import leaks
from autograder.overlay import (
    Overlay,
    OverlayError,
    overlay_paths,
    read_overlay,
    write_junk,
    write_overlay,
)
from autograder.promises import broken_promises, undetermined
from autograder.proof import Broken, Proof, Trial
from autograder.release.skeleton import SkeletonError, skeletons, stale
from autograder.report import Report
from autograder.submission import SubmissionError, open_submission
from autograder.wall.process import Spawn
from autograder.wall.warm import Warm


@dataclass(frozen=True)
class Case:
    """A submission that waits for grading: `folder` holds its hand-in files."""

    kind: str
    folder: Path
    overlay: Overlay | None = None

    def trial(self, report: Report) -> Trial:
        own = self.overlay
        if own is None:
            return Trial(self.kind, self.folder.name if self.kind == "junk" else "", report)
        return Trial(self.kind, own.name, report, own.about, own.loses, own.hint)


def verify(assignment: Assignment, *, jobs: int = 1, quick: bool = False) -> Proof:
    """Prove the grader of an assignment whose solution is here, in `jobs` processes.

    `quick` leaves out the junk. What is wrong with the assignment's files becomes a broken
    promise. Raises ValueError without solutions, LaunchError where no worker can run.
    """
    started = time.perf_counter()
    if assignment.solution is None:
        raise ValueError(f"the solutions of {assignment.name} are not here")
    try:
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            trials, broken = _prove(assignment, Path(folder).resolve(), jobs, quick)
    except SkeletonError as error:
        trials, broken = (), (Broken("the master", f"cannot be cut: {error}"),)
    except FileNotFoundError as error:
        gone = Path(str(error.filename))
        trials, broken = (), (Broken("the tree", f"{gone.parent.name}/{gone.name} is missing"),)
    except GraderError as error:
        trials, broken = (), (Broken("the grader", f"cannot be loaded: {error}"),)
    return Proof(assignment.name, trials, broken, round(time.perf_counter() - started, 2))


def _prove(
    assignment: Assignment, folder: Path, jobs: int, quick: bool
) -> tuple[tuple[Trial, ...], tuple[Broken, ...]]:
    unusable: list[Broken] = []
    cases = [*_masters(assignment, folder), *_overlays(assignment, folder, unusable)]
    cases += [] if quick else _junk(assignment, folder)
    # Two are graded again: one that passes, and one whose findings show what was drawn.
    again = [cases[0], *[case for case in cases if case.kind == "wrong"][:1]]
    reports = grade_all(assignment, [*cases, *again], jobs)
    trials = tuple(case.trial(report) for case, report in zip(cases, reports, strict=False))
    twice = zip(again, reports[len(cases) :], strict=True)
    hidden = tuple((c.name, c.title) for c in trials[0].report.checks if c.hidden)
    broken = chain(
        unusable,
        broken_promises(assignment, trials),
        *(undetermined(trials[cases.index(case)], second) for case, second in twice),
        _stale(assignment),
        leaks(assignment, hidden),
    )
    return trials, tuple(broken)


def _masters(assignment: Assignment, folder: Path) -> Iterator[Case]:
    """Write the solution and its skeleton as submissions."""
    reference = _fresh(folder / "reference")
    write_overlay(assignment, None, reference)
    yield Case("reference", reference)
    skeleton = _fresh(folder / "skeleton")
    for handin in assignment.files:
        for name in (handin.name, *handin.instead):
            if (given := assignment.folder / name).is_file():
                shutil.copyfile(given, skeleton / name)
    for name, source in skeletons(assignment).items():
        (skeleton / name).write_text(source, encoding="utf-8", newline="")
    yield Case("skeleton", skeleton)


def _overlays(assignment: Assignment, folder: Path, unusable: list[Broken]) -> Iterator[Case]:
    """Write every overlay over the master; one that cannot be used goes to `unusable`."""
    for kind in ("wrong", "right"):
        for path in overlay_paths(assignment, kind):
            try:
                overlay = read_overlay(assignment, kind, path)
                own = _fresh(folder / kind / path.name)
                write_overlay(assignment, overlay, own)
            except OverlayError as error:
                unusable.append(Broken(f"{kind}/{path.name}", str(error)))
            else:
                yield Case(kind, own, overlay)


def _junk(assignment: Assignment, folder: Path) -> Iterator[Case]:
    for kind in junk.KINDS:
        own = _fresh(folder / "junk" / kind)
        write_junk(assignment, kind, own)
        yield Case("junk", own)


def _fresh(folder: Path) -> Path:
    folder.mkdir(parents=True)
    return folder


def _stale(assignment: Assignment) -> Iterator[Broken]:
    for name in stale(assignment):
        yield Broken(
            name,
            f"in assignments/{assignment.name} is not the skeleton that the master gives. They "
            "were promised to agree. Write it afresh: "
            f"grade verify {assignment.name} --write-skeleton",
        )


def grade_all(assignment: Assignment, cases: Sequence[Case], jobs: int) -> list[Report]:
    """Grade every case and return the reports in their order; raises GraderError, LaunchError."""
    if jobs < 2 or len(cases) < 2:
        return grade_some(assignment, cases)
    parts = [cases[start::jobs] for start in range(jobs)]
    with ProcessPoolExecutor(jobs, get_context("spawn")) as pool:
        graded = list(pool.map(grade_some, [assignment] * jobs, parts))
    return [graded[n % jobs][n // jobs] for n in range(len(cases))]


def grade_some(assignment: Assignment, cases: Sequence[Case]) -> list[Report]:
    """Grade cases one after another; the graders and the workers' packages are loaded once."""
    with Warm.start(*packages(assignment)) as warm:
        checks = collect(assignment)
        return [_grade(assignment, case.folder, checks, warm.spawn) for case in cases]


def _grade(assignment: Assignment, work: Path, checks: tuple[Check, ...], spawn: Spawn) -> Report:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        try:
            submission = open_submission(work, assignment, Path(folder).resolve())
        except SubmissionError as error:
            return ungradable(assignment, "missing", str(error))
        return grade(assignment, submission, checks=checks, spawn=spawn, anyway=True)
