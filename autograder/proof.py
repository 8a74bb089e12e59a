"""What proving a grader found, as frozen data: trials, the kill matrix, broken promises."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from autograder.report import CheckResult, Outcome, QuestionResult, Report

KINDS = ("reference", "skeleton", "wrong", "right", "junk")


@dataclass(frozen=True)
class CheckName:
    """One check of an assignment; a public and a hidden one may share a name."""

    question: str
    name: str
    hidden: bool

    def __str__(self) -> str:
        return f"{self.question} {self.name}{' (hidden)' if self.hidden else ''}"


@dataclass(frozen=True)
class Trial:
    """One submission that was graded: what it is, what it promises, what was found.

    `kind` is one of `KINDS`. Of a wrong file, `about` is the mistake in words, `loses` the
    questions it must lose, `hint` a part of the hint that it must get.
    """

    kind: str
    name: str
    report: Report
    about: str = ""
    loses: tuple[str, ...] = ()
    hint: str = ""

    @property
    def label(self) -> str:
        return f"{self.kind}/{self.name}" if self.name else self.kind

    def results(self) -> Iterator[tuple[CheckName, CheckResult]]:
        for question in self.report.questions:
            for check in question.checks:
                yield CheckName(question.id, check.name, check.hidden), check

    def outcome(self, check: CheckName) -> Outcome | None:
        return next((r.outcome for name, r in self.results() if name == check), None)

    @property
    def failing(self) -> tuple[CheckName, ...]:
        """The checks that fail; one that waits for another question does not."""
        return tuple(name for name, r in self.results() if r.outcome is Outcome.FAILED)

    @property
    def lost(self) -> tuple[QuestionResult, ...]:
        """The questions in which some check that could be tried did not pass."""
        kept = (Outcome.PASSED, Outcome.SKIPPED)
        return tuple(
            q for q in self.report.questions if any(c.outcome not in kept for c in q.checks)
        )


@dataclass(frozen=True)
class Broken:
    """One broken promise: `where` names a trial, a question, a check or a file.

    `says` is what was seen, what was promised and what to do.
    """

    where: str
    says: str

    def __str__(self) -> str:
        return f"{self.where} {self.says}"


@dataclass(frozen=True)
class Proof:
    """Everything that proving one assignment's grader found."""

    assignment: str
    trials: tuple[Trial, ...]
    broken: tuple[Broken, ...]
    seconds: float = 0.0

    @property
    def holds(self) -> bool:
        return not self.broken

    def of(self, kind: str) -> tuple[Trial, ...]:
        return tuple(trial for trial in self.trials if trial.kind == kind)

    @property
    def checks(self) -> tuple[CheckName, ...]:
        """The rows of the kill matrix: every check, by question; its columns are `of("wrong")`."""
        return tuple(name for trial in self.trials[:1] for name, _ in trial.results())

    def survivors(self, check: CheckName) -> tuple[Trial, ...]:
        """Return the wrong files that would keep their question without this one check.

        Nothing has to be graded again for this: a check never sees another check's result,
        so a wrong file survives the removal exactly when this is the only check it fails.
        What only waits for the lost question is not counted: it is no reason of its own.
        """
        return tuple(trial for trial in self.of("wrong") if trial.failing == (check,))

    @property
    def unneeded(self) -> tuple[CheckName, ...]:
        """The checks that can go without letting any wrong file survive."""
        tried = (check for check in self.checks if check not in self.untried)
        return tuple(check for check in tried if not self.survivors(check))

    @property
    def untried(self) -> dict[CheckName, str]:
        """The checks that cannot run on this machine, each with the reason."""
        results = [pair for trial in self.of("reference") for pair in trial.results()]
        skipped = {name: r for name, r in results if r.outcome is Outcome.SKIPPED}
        return {name: r.finding.message if r.finding else "" for name, r in skipped.items()}
