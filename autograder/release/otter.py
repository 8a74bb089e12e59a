"""Checks as test files of otter-grader, one a question: every case calls a check of ours.

Format: https://otter-grader.readthedocs.io/en/stable/test_files/python_format.html
"""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from autograder.assignment import Assignment, Training
from autograder.release.members import Member

if TYPE_CHECKING:
    from autograder.checks.run import Check

# Every text is put in as a literal in ASCII: otter reads the file in the machine's own encoding.
_HEAD = """\
# Written by the toolkit, which runs the checks on the names of your notebook.
from autograder.door.checks import Checks
from otter.test_files import test_case

OK_FORMAT = False
name = {question}
checks = Checks({assignment}, {question}{hidden})
"""
_CASE = """

@test_case(name={title}, points={points}{hidden})
def case_{number}(env):
    checks.run({arguments})
"""


@dataclass(frozen=True)
class Case:
    """One case of a test file: a check, or one step of a check that can be earned in part.

    `part` is the share of the check that an answer has to earn, `step` its place among the
    `steps` of its check, from 1.
    """

    check: Check
    points: float
    part: float = 1.0
    step: int = 1
    steps: int = 1


def otter_tests(
    assignment: Assignment, *, hidden: bool = False, checks: Sequence[Check] | None = None
) -> list[Member]:
    """Return `tests/QUESTION.py` for each question that has checks, for otter-grader 7.

    With `hidden`, the hidden checks are cases too: for staff, where the solutions lie, and
    nothing keeps a notebook's code from reading those. Without, no file tells of them.
    `checks` are those of `collect`, where they are loaded already. Raises GraderError for a
    grader that cannot be loaded.
    """
    from autograder.grading import collect

    if checks is None:
        checks = collect(assignment if hidden else replace(assignment, solution=None))
    checks = [check for check in checks if hidden or not check.hidden]
    members = []
    for question in assignment.questions:
        own = [check for check in checks if check.mark.question == question.id]
        if own:
            found = cases(own, question.points, assignment.training)
            text = written(assignment.name, question.id, found, hidden)
            members.append(Member(f"tests/{question.id}.py", text.encode("ascii")))
    return members


def cases(checks: list[Check], points: float, training: Training | None) -> list[Case]:
    """Return the cases of one question's checks; their points add up to exactly `points`.

    In otter a case is passed or not: a check that can be earned in part becomes a case a step.
    """
    steps = [(c, list(pairwise([0.0, *parts(c, training), 1.0]))) for c in checks]
    weights = [
        Fraction(check.mark.weight) * (Fraction(str(high)) - Fraction(str(low)))
        for check, pairs in steps
        for low, high in pairs
    ]
    worth = iter(share(points, weights))
    return [
        Case(check, next(worth), high, step, len(pairs))
        for check, pairs in steps
        for step, (_, high) in enumerate(pairs, 1)
    ]


def share(points: float, weights: list[Fraction]) -> list[float]:
    """Share points by weight, not rounded to hundredths; as otter adds them, they sum up again."""
    whole = sum(weights)
    worth = [float(Fraction(str(points)) * weight / whole) for weight in weights]
    worth[-1] = float(points) - sum(worth[:-1])
    return worth


def parts(check: Check, training: Training | None) -> list[float]:
    """Return the shares of a check, above 0 and below 1, that an answer can earn, rising.

    They are its declared parts, and what its text shows: tiers where it calls `reaches`, and
    what it calls `share`.
    """
    function = inspect.unwrap(check.function)
    tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    found = {*check.mark.parts, *_named_shares(tree, function.__globals__)}
    calls = (node.func for node in ast.walk(tree) if isinstance(node, ast.Call))
    called = {call.id for call in calls if isinstance(call, ast.Name)}
    if training is not None and "reaches" in called:
        found |= {share / training.shares[-1] for share in training.shares}
    return sorted(share for share in found if 0 < share < 1)


def _named_shares(tree: ast.AST, names: dict[str, Any]) -> Iterator[float]:
    """Yield every number in what is called `share`: an argument, or a variable."""
    for node in ast.walk(tree):
        is_argument = isinstance(node, ast.keyword) and node.arg == "share"
        is_variable = isinstance(node, ast.Assign) and "share" in map(ast.unparse, node.targets)
        if is_argument or is_variable:
            yield from (number(part, names) for part in ast.walk(node))


def number(node: ast.AST, names: dict[str, Any]) -> float:
    """Return the number that a literal, a constant of the file or a quotient stands for, or 0."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
        over = number(node.right, names)
        return number(node.left, names) / over if over else 0.0
    value = names.get(node.id) if isinstance(node, ast.Name) else getattr(node, "value", None)
    return float(value) if isinstance(value, (int, float)) else 0.0


def written(assignment: str, question: str, found: list[Case], hidden: bool) -> str:
    """Return the test file of a question as text, in ASCII; with `hidden`, of the staff."""
    head = _HEAD.format(
        assignment=ascii(assignment),
        question=ascii(question),
        hidden=", hidden=True" if hidden else "",
    )
    return head + "".join(_case(number, case) for number, case in enumerate(found, 1))


def _case(number: int, case: Case) -> str:
    check = case.check
    worth = f"{case.points:.4g} point" + "s" * (case.points != 1)
    part = f"part {case.step} of {case.steps}, " if case.steps > 1 else ""
    arguments = [ascii(check.name), "env"]
    arguments += [f"part={case.part!r}"] if case.part < 1 else []
    arguments += ["hidden=True"] if check.hidden else []
    return _CASE.format(
        title=ascii(f"{check.title} ({part}{worth})"),
        points=repr(case.points).removesuffix(".0"),
        hidden=", hidden=True" if check.hidden else "",
        number=number,
        arguments=", ".join(arguments),
    )
