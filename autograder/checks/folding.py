"""The outcomes of checks, folded into the questions that they ask."""

from __future__ import annotations

from dataclasses import replace

from autograder.assignment import Assignment, Question
from autograder.checks.run import Check
from autograder.report import CheckResult, Finding, Outcome, QuestionResult


def fold(
    assignment: Assignment, results: dict[Check, CheckResult], asked: tuple[str, ...]
) -> tuple[QuestionResult, ...]:
    """Group results by question; a failure that may come from a failed need only waits."""
    folded: dict[str, QuestionResult] = {}
    for question in assignment.questions:
        if question.id not in asked:
            continue
        own = tuple(r for c, r in results.items() if c.mark.question == question.id)
        lost = [n for n in question.needs if n in folded and _is_lost(folded[n])]
        known = [n for n in lost if _is_lost(folded[n], public=True)]
        checks = tuple(_wait(r, (known or lost)[0], not known) for r in own) if lost else own
        folded[question.id] = answered(question, checks)
    return tuple(folded.values())


def _is_lost(need: QuestionResult, *, public: bool = False) -> bool:
    """Tell whether a question is lost; `public`, as far as students may know."""
    lost = (c for c in need.checks if c.outcome in (Outcome.FAILED, Outcome.WAITING))
    return any(not (public and (c.hidden or c.behind)) for c in lost)


def _wait(result: CheckResult, need: str, secretly: bool) -> CheckResult:
    """Let a failed check wait for a lost need; `secretly`, where only hidden checks lost it."""
    if result.outcome is not Outcome.FAILED:
        return result
    behind = result.finding if secretly and not result.hidden else None
    finding = Finding("waiting", f"waits for {need}")
    return replace(result, outcome=Outcome.WAITING, finding=finding, behind=behind)


def answered(question: Question, checks: tuple[CheckResult, ...]) -> QuestionResult:
    """Return a question with the results of its checks."""
    return QuestionResult(question.id, question.title, question.points, checks, question.needs)
