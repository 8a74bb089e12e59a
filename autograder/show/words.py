"""The sentences that every renderer says about a report, in one place."""

from __future__ import annotations

import re

from autograder.report import CheckResult, QuestionResult, Report

PERSON = "person"
# What asks for attention first stands first.
_ORDER = ("error", "failed", PERSON, "waiting", "skipped")
UNDECIDED = ("error", PERSON, "skipped")
_PLACE = re.compile(r"(.+?:\d+)(?:\s+(.*))?$")


def state(check: CheckResult) -> str:
    """Return the outcome's value, or "person" where a person has to judge the answer."""
    if check.finding is not None and check.finding.kind == "judge":
        return PERSON
    return check.outcome.value


def stand(question: QuestionResult) -> str:
    """Return the state of the question's checks that most needs attention."""
    present = {state(c) for c in question.checks}
    if not present:
        return "skipped"
    return next((s for s in _ORDER if s in present), "passed")


def in_state(report: Report, wanted: str) -> list[tuple[QuestionResult, int, CheckResult]]:
    """Return (question, position from 1, check) of every check in the `wanted` state."""
    return [
        (question, position, check)
        for question in report.questions
        for position, check in enumerate(question.checks, 1)
        if state(check) == wanted
    ]


def points(value: float) -> str:
    """Return points without trailing zeros: 8, 7.5, 3.33."""
    text = f"{value:.2f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def count(number: int, noun: str) -> str:
    """Return "1 check", "3 checks"."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def count_points(value: float) -> str:
    """Return "1 point", "7.5 points"."""
    return f"{points(value)} point" if value == 1 else f"{points(value)} points"


def place(where: str) -> tuple[str, str]:
    """Split "bn.py:31 bn_train" into ("bn.py:31", "bn_train"); the path stays in one piece."""
    found = _PLACE.match(where)
    return (found[1], found[2] or "") if found else (where, "")


def reason(check: CheckResult) -> str:
    """Return why a check was skipped, in one line."""
    text = check.finding.message if check.finding else ""
    return " ".join(text.split()) or "not checked on this machine"


def waits_for(question: QuestionResult, report: Report) -> str:
    """Return "waits for q1 and q3": the questions still to be finished."""
    lost = {q.id for q in report.questions if stand(q) in ("failed", "waiting")}
    open_ones = [need for need in question.needs if need in lost] or list(question.needs)
    return "waits for " + (_listed(open_ones) or "an earlier question")


def note(question: QuestionResult, report: Report) -> str:
    """Return the few words beside a question's points; "" when all of it passed."""
    states = [state(c) for c in question.checks]
    if not states:
        return "no check ran"
    now = stand(question)
    if now == "error" and "failed" in states:
        return f"{_progress(question, states)}, {states.count('error')} broke: our fault"
    if now == "error":
        return "our fault, not yours"
    if now == "failed":
        return _progress(question, states)
    if now == PERSON:
        return "a person will look at it"
    if now == "waiting":
        return waits_for(question, report)
    if now == "skipped":
        why = reason(next(c for c in question.checks if state(c) == "skipped"))
        some = states.count("skipped")
        part = "" if some == len(states) else f"{some} of {len(states)} "
        return f"{part}skipped: {why}"
    return ""


def _progress(question: QuestionResult, states: list[str]) -> str:
    failed = [c for c in question.checks if state(c) == "failed"]
    unwritten = [c for c in failed if c.finding and c.finding.kind == "unwritten"]
    if len(unwritten) == len(states):
        return "not written yet"
    noun = "check" if len(states) == 1 else "checks"
    return f"{states.count('passed')} of {len(states)} {noun} passed"


def hidden_ran(report: Report) -> int:
    return sum(c.hidden for c in report.checks)


def hidden_later(report: Report) -> str:
    """Return "14 hidden checks run on submission", "" when none are left."""
    left = report.hidden_left
    if not left:
        return ""
    return f"{count(left, 'hidden check')} {'runs' if left == 1 else 'run'} on submission"


def scope(report: Report) -> str:
    """Say which checks the score counts, and which are still to come."""
    ran = hidden_ran(report)
    counted = f"public and {count(ran, 'hidden check')}" if ran else "public checks"
    worth = undecided(report)
    open_ones = f"{count_points(worth)} undecided" if worth else ""
    return "; ".join(filter(None, [counted, open_ones, hidden_later(report)]))


def undecided(report: Report) -> float:
    """Return the points of the checks that we broke, that a person judges or that did not run."""
    total = 0.0
    for question in report.questions:
        weight = sum(c.weight for c in question.checks)
        lost = sum(c.weight for c in question.checks if state(c) in UNDECIDED)
        total += question.possible * lost / weight if weight else 0.0
    return round(total, 2)


def next_step(report: Report, *, partial: bool = False) -> tuple[str, str]:
    """Return what to do next in words, and what to add to the command, e.g. "-q q3".

    The second is "" when the command should be run as it is, and "-" when no command helps.
    `partial` says that only some questions were asked for.
    """
    for question, _, check in in_state(report, "failed"):
        where = place(check.finding.where)[0] if check.finding else ""
        return (f"edit {where}, then" if where else f"fix {question.id}, then"), f"-q {question.id}"
    for question, position, _ in in_state(report, "error"):
        text = f"tell the course staff that check {position} of {question.id} broke in our grader"
        return f"{text} (exit 4, not your fault)", "-"
    for question, _, _ in in_state(report, "waiting"):
        needed = waits_for(question, report).removeprefix("waits for ")
        return f"finish {needed} first, then", f"-q {question.id}"
    if partial and report.checks and stand_of(report) == "passed":
        passed = "done" if not report.hidden_left else "passes what is public"
        return f"{_listed([q.id for q in report.questions])} {passed}; now every question:", ""
    return _all_green(report), "-"


def stand_of(report: Report) -> str:
    """Return the state that most needs attention among all questions that have checks."""
    present = {state(c) for c in report.checks}
    return next((s for s in _ORDER if s in present), "passed")


def _listed(names: list[str]) -> str:
    return " and ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))


def _all_green(report: Report) -> str:
    """Say what is done and what is not, when nothing failed, broke or waits."""
    people, skipped = in_state(report, PERSON), in_state(report, "skipped")
    later, ran = hidden_later(report), hidden_ran(report)
    if not report.checks:
        return "no check ran, so nothing is known yet"
    if people:
        return f"nothing to change: a person will look at {count(len(people), 'answer')}"
    if skipped:
        done = f"every check that can run here passes; {len(skipped)} could not"
        return f"{done} ({reason(skipped[0][2])})"
    if later:
        return f"hand it in: every public check passes, {later}"
    if ran:
        which = "hidden one" if ran == 1 else "hidden ones"
        return f"nothing left to do: every check passes, the {which} too"
    return "nothing left to do: every check passes"
