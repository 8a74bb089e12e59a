"""The promises a proved grader keeps, each a pure function of what was graded.

Every broken promise is a sentence: what was seen, what was promised, what to do.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import chain

from autograder.assignment import Assignment
from autograder.proof import Broken, Proof, Trial
from autograder.report import CheckResult, Outcome, QuestionResult, Report

_EXPECT = (
    "A check was promised to fail and say why. Read the answer through expect(...) before "
    "computing with it"
)


def broken_promises(assignment: Assignment, trials: tuple[Trial, ...]) -> tuple[Broken, ...]:
    """Return every promise that the graded trials break, the gravest first."""
    proof = Proof(assignment.name, trials, ())
    works = [trial for trial in trials if trial.kind != "junk"]
    return tuple(
        chain(
            *(_questions(assignment, trial) for trial in proof.of("reference")),
            *(_everything(trial, "the solution", proof) for trial in proof.of("reference")),
            *(_errors(trial) for trial in works),
            *(_nothing(trial) for trial in proof.of("skeleton")),
            *(_wrong(trial, assignment, proof) for trial in proof.of("wrong")),
            *(_everything(trial, "this right answer", proof) for trial in proof.of("right")),
            _junk_breaks(proof),
            _junk_earns(proof),
            _unneeded(proof),
        )
    )


def _questions(assignment: Assignment, reference: Trial) -> Iterator[Broken]:
    for question in assignment.questions:
        own = [name for name, _ in reference.results() if name.question == question.id]
        hidden = sum(name.hidden for name in own)
        if hidden != question.hidden:
            yield Broken(
                question.id,
                f"has {_count(hidden, 'hidden check')}, but assignment.toml declares "
                f"{question.hidden}. Write `hidden = {hidden}` there, or mend test_hidden.py",
            )
        if hidden == len(own):
            yield Broken(
                question.id,
                "has no public check: a student could not tell whether it works. "
                "Add one to test_public.py",
            )
        if not question.hints:
            yield Broken(
                question.id,
                "has no hint: `grade hint` could say nothing. Add `hints` in assignment.toml",
            )


def _everything(trial: Trial, what: str, proof: Proof) -> Iterator[Broken]:
    for name, result in trial.results():
        skipped = result.outcome is Outcome.SKIPPED and name in proof.untried
        if result.outcome not in (Outcome.PASSED, Outcome.ERROR) and not skipped:
            yield Broken(
                trial.label,
                f"does not pass {name}: {_seen(result)}. It was promised to earn everything. "
                f"Mend the check, or {what}",
            )


def _errors(trial: Trial) -> Iterator[Broken]:
    for name, result in trial.results():
        if result.outcome is Outcome.ERROR:
            yield Broken(
                trial.label,
                f"breaks the check {name}: {_seen(result)}. {_EXPECT}",
            )


def _nothing(trial: Trial) -> Iterator[Broken]:
    for question in trial.report.questions:
        passed = [c.name for c in question.checks if c.outcome is Outcome.PASSED]
        if passed:
            yield Broken(
                trial.label,
                f"earns {question.earned:g} of {question.possible:g} in {question.id}: it passes "
                f"{', '.join(passed)}. It was promised to earn 0. "
                "Let the check ask for something that only written work gives",
            )


def _wrong(trial: Trial, assignment: Assignment, proof: Proof) -> Iterator[Broken]:
    known = {q.id: q for q in trial.report.questions}
    lost = {q.id for q in trial.lost}
    untried = {name.question for name in proof.untried}
    for id in trial.loses:
        if id not in known:
            there = ", ".join(known)
            yield Broken(trial.label, f"is to lose {id}, but there is no such question ({there})")
        elif id not in lost and id not in untried:
            yield Broken(
                trial.label,
                f"survives: it keeps all {known[id].possible:g} points of {id} and was promised "
                "to lose there. Add a check that it fails, or mend its `loses:` line",
            )
    for id in sorted(lost - _allowed(assignment, trial.loses)):
        kept = (Outcome.PASSED, Outcome.SKIPPED)
        failed = next(c for c in known[id].checks if c.outcome not in kept)
        yield Broken(
            trial.label,
            f"also loses {id}: {failed.name} says {_seen(failed)}. It was promised to lose only "
            f"{', '.join(trial.loses)}. Let that check test {id} alone, or add {id} to `loses:`",
        )
    named = [known[id] for id in trial.loses if id in lost]
    if all(q.outcome is not Outcome.ERROR for q in named):
        yield from _hint(trial, named)


def _hint(trial: Trial, lost: list[QuestionResult]) -> Iterator[Broken]:
    failed = [c for q in lost for c in q.checks if c.outcome is Outcome.FAILED and c.finding]
    hints = [c.finding.hint for c in failed if c.finding is not None]
    if not lost or any(_normal(trial.hint) in _normal(hint) for hint in hints):
        return
    shown = list(dict.fromkeys(h for h in hints if h))
    seen = " and ".join(f"{h!r}" for h in shown) if shown else "none"
    yield Broken(
        trial.label,
        f"gets no hint with {trial.hint!r}: the hints shown in {', '.join(q.id for q in lost)} are "
        f"{seen}. Name the mistake in `mistakes=`, or mend its `hint:` line",
    )


def _allowed(assignment: Assignment, loses: tuple[str, ...]) -> set[str]:
    """Return the questions named and every question that needs one of them, however far."""
    allowed = set(loses)
    for question in assignment.questions:  # a question needs only earlier ones
        if allowed & set(question.needs):
            allowed.add(question.id)
    return allowed


def _junk_breaks(proof: Proof) -> Iterator[Broken]:
    for check in proof.checks:
        ended = {t.name: r for t in proof.of("junk") for name, r in t.results() if name == check}
        errors = {name: r for name, r in ended.items() if r.outcome is Outcome.ERROR}
        if errors:
            seen = _seen(next(iter(errors.values())))
            yield Broken(str(check), f"breaks on junk ({_listed(errors)}): {seen}. {_EXPECT}")


def _junk_earns(proof: Proof) -> Iterator[Broken]:
    earned: dict[str, list[str]] = {}
    for trial in proof.of("junk"):
        for question in trial.report.questions:
            if question.checks and question.outcome is Outcome.PASSED:
                earned.setdefault(question.id, []).append(trial.name)
    for id, names in earned.items():
        yield Broken(
            id,
            f"is earned in full by junk ({_listed(names)}), which was promised to earn nothing "
            "like it. Add a check that only a right answer passes",
        )


def _unneeded(proof: Proof) -> Iterator[Broken]:
    if not proof.of("reference"):
        return
    for check in proof.unneeded:
        killed = [t.name for t in proof.of("wrong") if check in t.failing]
        seen = (
            f"fails only {', '.join(killed)}, which other checks fail too"
            if killed
            else ("fails on no wrong file")
        )
        yield Broken(
            str(check),
            f"is needed by no wrong file: it {seen}. Each check was promised to catch one mistake "
            "that no other catches. Add that mistake to wrong/, or remove the check",
        )


def differences(first: Report, second: Report) -> list[str]:
    """Return the questions in which two gradings of the same work differ.

    Seconds may differ, and so may what the student's code printed.
    """
    pairs = zip(first.questions, second.questions, strict=True)
    return [a.id for a, b in pairs if _lasting(a) != _lasting(b)]


def _lasting(question: QuestionResult) -> list[CheckResult]:
    found = []
    for check in question.checks:
        finding = check.finding and replace(check.finding, output="")
        found.append(replace(check, seconds=0.0, finding=finding))
    return found


def undetermined(trial: Trial, second: Report) -> Iterator[Broken]:
    """Break the promise that the same work gets the same report twice."""
    if differing := differences(trial.report, second):
        yield Broken(
            trial.label,
            f"was graded twice and {', '.join(differing)} came out differently. The same work was "
            "promised the same report. Draw every random number from `rng`",
        )


def _seen(result: CheckResult) -> str:
    if result.finding is None:
        return result.outcome.value
    said = " ".join(result.finding.message.split()).rstrip(".")
    return f"{result.outcome.value}: {said[:200]}"


def _normal(text: str) -> str:
    return " ".join(text.lower().split())


def _listed(names: Iterable[str], most: int = 6) -> str:
    found = list(names)
    more = f" and {len(found) - most} more" if len(found) > most else ""
    return ", ".join(found[:most]) + more


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
