"""What a reader may see of a report: hidden checks redacted, every text cleaned."""

from __future__ import annotations

import builtins
from dataclasses import fields, replace

from autograder.report import (
    TEXT_LIMIT,
    CheckResult,
    Finding,
    Outcome,
    QuestionResult,
    Report,
    clean,
    redact,
)

# A text that was already cut keeps its one note about what was left out.
_ROOM = TEXT_LIMIT + 100


def visible(report: Report) -> Report:
    """Return the report as it may be shown to a student.

    A hidden check keeps its title, its hint and fixed words for what went wrong. Texts lose
    terminal escapes and control characters; titles and names become one line each.
    """
    return replace(
        report,
        assignment=_line(report.assignment),
        title=_line(report.title),
        submission=_path(report.submission),
        questions=tuple(_question(q) for q in report.questions),
        notes=tuple(_line(note) for note in report.notes),
        facts={_line(name): _line(value) for name, value in report.facts.items()},
    )


def _question(question: QuestionResult) -> QuestionResult:
    return replace(
        question,
        id=_line(question.id),
        title=_line(question.title),
        checks=tuple(_check(c) for c in question.checks),
        needs=tuple(_line(n) for n in question.needs),
    )


def _check(check: CheckResult) -> CheckResult:
    if check.hidden and check.finding is not None:
        known = _known(check.finding.exception)
        check = replace(check, finding=replace(check.finding, exception=known))
    check = redact(check)
    if check.behind is not None:
        # That it waits would tell how hidden checks ended.
        check = replace(check, outcome=Outcome.FAILED, finding=check.behind, share=0.0, behind=None)
    finding = check.finding
    return replace(
        check,
        name=_line(check.name),
        title=_line(check.title) or _line(check.name),
        finding=finding and _finding(finding),
    )


def _finding(finding: Finding) -> Finding:
    texts = {f.name: clean(getattr(finding, f.name), _ROOM) for f in fields(finding)}
    lines = {name: _line(texts[name]) for name in ("hint", "exception")}
    return Finding(**{**texts, **lines, "where": _path(finding.where)})


def _known(exception: str) -> str:
    """Return the name of a built-in exception, "" for any other: a student chooses those."""
    found = getattr(builtins, exception, None)
    known = isinstance(found, type) and issubclass(found, BaseException)
    return exception if known else ""


def _line(text: str) -> str:
    return " ".join(clean(text, _ROOM).split())


def _path(text: str) -> str:
    return clean(text, _ROOM).replace("\n", " ").replace("\t", " ").strip()
