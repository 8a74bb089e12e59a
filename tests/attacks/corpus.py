"""All attacks, and the one place that says how they are graded."""

from __future__ import annotations

from dataclasses import replace

from attacks import delayed, escaping, exhausting, forging, lying, patching, secrets
from attacks.attack import Attack
from autograder.assignment import Assignment
from autograder.grading import grade
from autograder.report import Report
from autograder.submission import Submission
from autograder.wall.isolation import Isolation
from autograder.wall.warm import Warm

FAMILIES = (secrets, forging, patching, escaping, exhausting, lying, delayed)
ATTACKS: tuple[Attack, ...] = tuple(
    replace(attack, family=family.__name__.rpartition(".")[2])
    for family in FAMILIES
    for attack in family.TABLE
)


def graded(
    assignment: Assignment, submission: Submission, warm: Warm, isolation: Isolation
) -> Report:
    """Grade a hand-in as a server does: workers forked from a warm process."""
    return grade(
        assignment, submission, spawn=warm.spawn, isolation=isolation, anyway=isolation == "off"
    )
