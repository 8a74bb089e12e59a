"""A report as Gradescope's `results.json`: one entry a check.

An entry a check, not a question, because a question's public and hidden checks need
different visibility: one shared entry would either tell what the hidden ones found or hide
what the public ones said.

A check that our grader broke, that a person judges or that could not run here carries no
score, only words. The format has no way to say "no score yet" for a whole submission, so the
total is then what the other checks earned, or the earlier score where that is higher.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from autograder.report import CheckResult, Finding, QuestionResult, Report
from autograder.show import words
from autograder.show.shares import shares
from autograder.show.visible import visible

_LONGEST = 60_000
_OPTIONS = re.compile(r",? or name it: --entry FILE| \(--entry FILE changes that\)")
_ORDERS = {"parameters": "asc"}
_FIGURE = re.compile(r"\d{1,15}(\.\d{1,6})?", re.ASCII)
_BROKE = (
    "Our grader broke on part of this submission. This is not your fault, it is not a zero, "
    "and there is nothing you need to change: the course staff were told and will grade it "
    "again."
)


def gradescope(
    report: Report,
    *,
    hints: bool = True,
    published: bool = False,
    previous: float | None = None,
    less: float = 0.0,
    remarks: Iterable[str] = (),
    board: Sequence[str] = (),
    extra: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Return the content of `results.json`, to be written with `allow_nan=False`.

    `hints=False` leaves the hints out. Hidden checks are for staff only, or with
    `published` for students once the grades are published. `previous` is the earlier score
    of this student: it is kept while points are open, where it is higher. The score, not that
    of a check, loses `less` per cent; `remarks` tell the student why. `board` names what is
    ranked, as far as it was measured; `extra` joins what is kept for staff.
    Raises ValueError when a score is not finite.
    """
    seen = visible(report)
    score, stands = _score(seen, less, previous)
    tests = [
        entry
        for number, question in enumerate(seen.questions, 1)
        for entry in _entries(number, question, seen, hints, published)
    ]
    results = {
        "score": score,
        "output": _top(seen, stands, published, remarks),
        "output_format": "text",
        "test_output_format": "text",
        "visibility": "visible",
        "stdout_visibility": "hidden",
        "tests": tests,
        "extra_data": _extra(seen) | ({"less": less} if less else {}) | dict(extra or {}),
    }
    ranked = _leaderboard(seen.facts, board)
    return results | ({"leaderboard": ranked} if ranked else {})


def _score(report: Report, less: float, previous: float | None) -> tuple[float, bool]:
    """Return the score, and whether it is the earlier one; raises ValueError for nan and inf."""
    earned = report.earned if not less else round(report.earned * (1 - less / 100), 2)
    open_ones = words.in_state(report, "error") + words.in_state(report, words.PERSON)
    for score in (earned, previous or 0.0):
        if not math.isfinite(score):
            raise ValueError(f"a score must be a finite number, not {score}")
    kept = min(previous or 0.0, report.possible)  # points may have become fewer since
    score = max(earned, kept) if open_ones else earned
    return score, score > earned


def _leaderboard(facts: Mapping[str, str], board: Sequence[str]) -> list[dict[str, Any]]:
    """Return the ranked figures that the judge measured: the fewer parameters the better."""
    return [
        {"name": name, "value": _figure(facts[name]), "order": _ORDERS.get(name, "desc")}
        for name in board
        if _FIGURE.fullmatch(facts.get(name, ""))
    ]


def _figure(text: str) -> float:
    return float(text) if "." in text else int(text)


def _extra(report: Report) -> dict[str, Any]:
    """Return what the platform stores for staff and for the next run."""
    return {
        "assignment": report.assignment,
        "earned": report.earned,
        "possible": report.possible,
        "outcome": report.outcome.value,
        "undecided": words.undecided(report),
        "questions": {q.id: q.earned for q in report.questions},
        "facts": dict(report.facts),
        # For staff only: code can sleep as long as a hidden input is large.
        "seconds": report.seconds if math.isfinite(report.seconds) else 0.0,
    }


def _entries(
    number: int, question: QuestionResult, report: Report, hints: bool, published: bool
) -> list[dict[str, Any]]:
    entries = []
    pairs = zip(question.checks, shares(question), strict=True)
    for position, (check, (score, worth)) in enumerate(pairs, 1):
        entry: dict[str, Any] = {
            "number": f"{number}.{position}",
            "name": f"{question.id}: {check.title}",
            "output": _output(check, question, report, worth, hints),
            "output_format": "text",
            "visibility": _visibility(check, published),
        }
        now = words.state(check)
        if now in words.UNDECIDED:
            entry["tags"] = [now]
        else:
            status = "passed" if now == "passed" else "failed"
            entry |= {"score": score, "max_score": worth, "status": status}
        entries.append(entry)
    return entries


def _visibility(check: CheckResult, published: bool) -> str:
    if not check.hidden:
        return "visible"
    return "after_published" if published else "hidden"


def _output(
    check: CheckResult, question: QuestionResult, report: Report, worth: float, hints: bool
) -> str:
    now = words.state(check)
    open_points = f"{words.count_points(worth)} open"
    said = {
        "passed": "passed",
        "failed": "failed",
        "waiting": words.waits_for(question, report),
        "skipped": f"{open_points}: not checked on this machine",
        "error": f"{open_points}: our grader broke here. This is not your fault.",
        words.PERSON: f"{open_points}: a person will look at this answer.",
    }[now]
    finding = check.finding
    # What our grader says about itself when it breaks is for staff, not for students.
    detail = _detail(finding, hints) if finding and now != "error" else ""
    return _cut(said if now == "waiting" else f"{said}\n{detail}".rstrip())


def _detail(finding: Finding, hints: bool) -> str:
    parts = (
        ("", _without_options(finding.message)),
        ("", finding.inputs),
        ("your code: ", finding.where),
        ("expected: ", finding.want),
        ("got: ", finding.got),
        ("hint: ", finding.hint if hints else ""),
        ("\nyour code stopped here:\n", finding.traceback),
        ("\nyour code printed:\n", finding.output),
    )
    return "\n".join(label + text.strip("\n") for label, text in parts if text.strip())


def _without_options(text: str) -> str:
    """Leave out what only a command line offers."""
    return _OPTIONS.sub("", text)


def _cut(text: str) -> str:
    if len(text) <= _LONGEST:
        return text
    half = _LONGEST // 2
    return f"{text[:half]}\n[... the middle is left out ...]\n{text[-half:]}"


def _top(report: Report, stands: bool, published: bool, remarks: Iterable[str]) -> str:
    """Return the text above all entries: nothing in it tells how a hidden check ended."""
    lines = [report.title or report.assignment, ""]
    lines += [text for remark in remarks for text in (remark, "")]
    public = [words.state(check) for check in report.checks if not check.hidden]
    if "error" in public:
        lines += [_BROKE, ""]
    if words.PERSON in public:
        lines += ["A person will look at part of this submission; its points are still open.", ""]
    if stands and {"error", words.PERSON} & {*public}:
        lines += ["Until then your earlier score stands.", ""]
    passed = words.count(len(public), "public check")
    lines.append(f"{public.count('passed')} of {passed} passed.")
    hidden = words.hidden_ran(report)
    if hidden:
        when = "appear once grades are published" if published else "are kept by the course staff"
        lines.append(f"{words.count(hidden, 'hidden check')} ran; their results {when}.")
    if report.hidden_left:
        lines.append(f"{words.count(report.hidden_left, 'hidden check')} did not run.")
    lines += [f"note: {_without_options(text)}" for text in report.notes]
    return _cut("\n".join(lines))
