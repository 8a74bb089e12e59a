"""A cohort as rows of the gradebook, and back.

Texts lose only what a database cannot hold (NUL and halves of surrogate pairs become U+FFFD); a
report is stored as JSON, which can hold those too.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from typing import Any

from autograder.classroom.schema import (
    Assignments,
    Findings,
    Marks,
    Questions,
    Row,
    Rows,
    Standings,
    Students,
)
from autograder.cohort import Cohort, Standing, Status, Student
from autograder.report import CheckResult, Outcome, QuestionResult, Report

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_PLAIN = ("reason", "attempts", "late", "submitted", "submission", "source", "work", "grader")


def store(cohort: Cohort) -> Rows:
    """Return the rows of one assignment, in the order of `TABLES`, sorted by their keys.

    Raises ValueError when two standings are of one student, or a number is nan or infinite.
    """
    name = storable(cohort.assignment)
    ordered = sorted(cohort.standings, key=lambda s: storable(s.student.key))
    keys = [storable(s.student.key) for s in ordered]
    for one, other in pairwise(keys):
        if one == other:
            raise ValueError(f"two standings are of the student {one!r}: keys must differ")
    pairs = [
        ({"assignment": name, "student": key}, standing)
        for key, standing in zip(keys, ordered, strict=True)
    ]
    questions = [
        {"assignment": name, "position": place, "id": id, "title": title, "points": points}
        for place, (id, title, points) in enumerate(cohort.questions)
    ]
    found: Rows = {
        Assignments: [_assignment_row(cohort)],
        Questions: questions,
        Students: [_student(key, standing.student) for key, standing in pairs],
        Standings: [{**key, **_standing(standing, cohort)} for key, standing in pairs],
        Marks: [{**key, **mark} for key, s in pairs for mark in _marks(s)],
        Findings: [{**key, **finding} for key, s in pairs for finding in _findings(s)],
    }
    return {table: [_clean(row) for row in many] for table, many in found.items()}


def restore(stored: Rows) -> Cohort:
    """Return the cohort that the rows of one assignment hold, in their order.

    Raises KeyError, TypeError or ValueError when they are not of this version.
    """
    (own,) = stored[Assignments]
    students = {row["key"]: row for row in stored[Students]}
    standings = [_rebuilt(row, students[row["student"]]) for row in stored[Standings]]
    return Cohort(
        own["name"],
        own["title"],
        own["possible"],
        tuple((row["id"], row["title"], row["points"]) for row in stored[Questions]),
        tuple(standings),
        _pairs(own["facts"]),
    )


def storable(text: str) -> str:
    """Return the text with U+FFFD for what no database can hold."""
    return _UNSTORABLE.sub("\ufffd", text)


def untimed(report: Report) -> Report:
    """Return the report without its seconds, its numbers as floats: equal ones become one text."""
    questions = tuple(
        replace(
            question, possible=_float(question.possible), checks=tuple(map(_still, question.checks))
        )
        for question in report.questions
    )
    return replace(report, questions=questions, seconds=0.0)


def _still(check: CheckResult) -> CheckResult:
    return replace(check, seconds=0.0, weight=_float(check.weight), share=_float(check.share))


def _float(number: float) -> float:
    return float(number) + 0.0  # -0.0 becomes 0.0


def _assignment_row(cohort: Cohort) -> Row:
    facts = _json(cohort.facts)
    own = {"name": cohort.assignment, "title": cohort.title}
    return {**own, "possible": cohort.possible, "facts": facts}


def _student(key: Row, student: Student) -> Row:
    own = {"assignment": key["assignment"], "key": key["student"]}
    return {**own, "name": student.name, "ids": _json(student.ids)}


def _standing(standing: Standing, cohort: Cohort) -> Row:
    report = standing.report
    return {
        "score": standing.score,
        "possible": report.possible if report else cohort.possible,
        "status": standing.status.value,
        "report": _json(untimed(report).to_dict()) if report else None,
        **{name: getattr(standing, name) for name in _PLAIN},
    }


def _marks(standing: Standing) -> Iterator[Row]:
    for place, question in enumerate(_questions(standing)):
        broken = question.outcome is Outcome.ERROR
        yield {
            "position": place,
            "question": question.id,
            "earned": None if broken else question.earned,
            "possible": question.possible,
            "outcome": question.outcome.value,
        }


def _findings(standing: Standing) -> Iterator[Row]:
    checks = [(q.id, check) for q in _questions(standing) for check in q.checks]
    for place, (question, check) in enumerate(checks):
        if (finding := check.finding) is not None:
            yield {
                "position": place,
                "question": question,
                "check": check.name,
                "outcome": check.outcome.value,
                "hidden": check.hidden,
                "kind": finding.kind,
                "message": finding.message,
                "hint": finding.hint,
            }


def _questions(standing: Standing) -> tuple[QuestionResult, ...]:
    return standing.report.questions if standing.report else ()


def _rebuilt(row: Row, student: Row) -> Standing:
    report = row["report"]
    return Standing(
        student=Student(student["key"], student["name"], _pairs(student["ids"])),
        status=Status(row["status"]),
        report=Report.from_dict(json.loads(report)) if report else None,
        **{name: row[name] for name in _PLAIN},
    )


def _pairs(text: str) -> tuple[tuple[str, str], ...]:
    return tuple((name, value) for name, value in json.loads(text))


def _json(data: object) -> str:
    return json.dumps(data, sort_keys=True, allow_nan=False)


def _clean(row: Row) -> Row:
    return {name: _checked(name, value) for name, value in row.items()}


def _checked(name: str, value: Any) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError(f"{name} is {value}: a gradebook keeps finite numbers only")
    return storable(value) if isinstance(value, str) else value
