"""The checks of one question, as the cases of one test file call them."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import replace
from functools import cached_property
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autograder.assignment import MANIFEST, Assignment, load
from autograder.checks.files import Files
from autograder.checks.run import Bench, Check, GraderError, run_check
from autograder.checks.shelf import Shelf
from autograder.door.cells import around
from autograder.door.words import (
    BROKE,
    STOPPED,
    Absent,
    GraderBroke,
    NotChecked,
    NotPassed,
    failure,
)
from autograder.grading import collect, trusted
from autograder.report import CheckResult, Outcome, redact
from autograder.wall.failure import Interrupted

if TYPE_CHECKING:
    from types import ModuleType

DIGEST = "notebook"


class Checks:
    """The checks of one question, as the cases of one test file call them.

    Nothing is loaded before the first case runs, so that a test file can always be read.
    """

    def __init__(self, assignment: str, question: str, hidden: bool = False) -> None:
        self.name = assignment
        self.question = question
        self.hidden = hidden
        self.data = Shelf()
        self.stopped = False
        self.lost: str | None = None
        self.earned: dict[tuple[str, bool], tuple[float, CheckResult]] = {}

    @cached_property
    def assignment(self) -> Assignment:
        found = load(self.name, root_of(self.name))
        return found if self.hidden else replace(found, solution=None)

    @cached_property
    def checks(self) -> tuple[Check, ...]:
        return collect(self.assignment)

    @cached_property
    def secrets(self) -> tuple[ModuleType | None, ModuleType | None]:
        return trusted(self.assignment)

    def run(
        self, name: str, env: Mapping[str, Any], *, part: float = 1.0, hidden: bool = False
    ) -> None:
        """Run a check on the names in `env`; raises unless it earns the share `part` of it.

        Rising parts of one check, one after the other, are decided by one run of it. What is
        raised is NotPassed, NotChecked or GraderBroke, whatever the student's code raises.
        """
        try:
            result = self._decided(name, env, part, hidden)
        except (KeyboardInterrupt, Interrupted):
            self.stopped = True
            raise NotPassed(STOPPED) from None
        except Absent as absent:
            raise NotChecked(f"not checked on this machine: {absent}") from None
        except (Exception, SystemExit) as error:
            # What a grader breaks on may quote a hidden check.
            raise GraderBroke(BROKE if self.hidden else f"{BROKE}\n{error}") from None
        if float(result.part) < part:
            raise failure(result, self.lost or "") from None

    def _decided(self, name: str, env: Mapping[str, Any], part: float, hidden: bool) -> CheckResult:
        """Return the result of a check: of its last run where that decided a smaller part."""
        if self.stopped:
            raise KeyboardInterrupt
        asked, result = self.earned.get((name, hidden), (part, None))
        if result is None or part <= asked:
            result = self._folded(self._check(name, hidden), env)
        self.earned[name, hidden] = (part, result)
        return result

    def _check(self, name: str, hidden: bool) -> Check:
        for check in self.checks:
            if (check.name, check.hidden) == (name, hidden):
                return check
        if hidden and self.assignment.solution is None:
            raise Absent(f"the solution of {self.name} is not here")
        raise GraderError(f"{self.name} has no check {name}: its tests are of another version")

    def _folded(self, check: Check, env: Mapping[str, Any]) -> CheckResult:
        """Run a check; what fails after a question that it builds on earns no part of it."""
        with ready(self.assignment):
            result = self._result(check, env)
            if result.outcome is not Outcome.FAILED:
                return result
            if self.lost is None:
                needs = next(q.needs for q in self.assignment.questions if q.id == self.question)
                self.lost = next((need for need in needs if self._is_lost(need, env)), "")
        return replace(result, outcome=Outcome.WAITING) if self.lost else result

    def _is_lost(self, question: str, env: Mapping[str, Any]) -> bool:
        own = (check for check in self.checks if check.mark.question == question)
        return any(self._result(check, env).outcome is Outcome.FAILED for check in own)

    def _result(self, check: Check, env: Mapping[str, Any]) -> CheckResult:
        exchange = around(env)
        files = Files(work_folder(self.assignment), self.assignment.files, exchange)
        bench = Bench(self.assignment, exchange, files, DIGEST, *self.secrets, self.data)
        if not check.hidden:
            return run_check(check, bench)
        printed = StringIO()
        with redirect_stdout(printed), redirect_stderr(printed):
            return redact(run_check(check, bench))


def root_of(name: str) -> Path:
    """Return the course folder: the working folder, or the nearest above it, with `name` in it."""
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / "assignments" / name / MANIFEST).is_file():
            return folder
    raise Absent(
        f"there is no folder assignments/{name} here or above {here}. "
        f"Open the notebook in assignments/{name} of the course folder as you unpacked it"
    )


def work_folder(assignment: Assignment) -> Path:
    """Return where the other files of the hand-in lie: here, or in the assignment's folder."""
    names = {name for handin in assignment.files for name in (handin.name, *handin.instead)}
    here = Path.cwd()
    return here if any((here / name).is_file() for name in names) else assignment.folder


@contextmanager
def ready(assignment: Assignment) -> Iterator[None]:
    """Make torch ready for the judge where it is needed; a notebook gets its threads back."""
    if assignment.light:
        yield
        return
    from autograder.models.apart import at_desk

    torch = sys.modules.get("torch")
    threads = torch.get_num_threads() if torch else 0
    try:
        with at_desk():
            yield
    finally:
        if torch:
            torch.set_num_threads(threads)
