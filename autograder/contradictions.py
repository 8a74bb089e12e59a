"""What in `assignment.toml` contradicts itself or the folder, though every key is right."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from autograder.manifest import Problem, nearest
from autograder.policy import MOST_MINUTES, Attempts, Publication

if TYPE_CHECKING:
    from autograder.assignment import Assignment, Question

MANIFEST = "assignment.toml"
NAME = re.compile(r"[a-z][a-z0-9_]{0,79}")
_FILE = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_. -]{0,99}(?<! )")
_RESERVED = frozenset({MANIFEST, "test_public.py", "test_hidden.py", "conftest.py"})


def contradictions(assignment: Assignment, points: float) -> Iterator[Problem]:
    """Yield what does not agree; `points` is the sum that the file tells."""
    yield from _bad_files(assignment)
    yield from _bad_module(assignment)
    yield from _bad_questions(assignment.questions)
    training = assignment.training
    if training is not None and len(training.shares) != len(training.tiers):
        says = f"{len(training.shares)} shares for {len(training.tiers)} tiers: give one for each"
        yield Problem(("training", "shares"), says)
    yield from _bad_policies(assignment)
    if abs(assignment.points - points) > 1e-9:
        yield Problem(
            ("points",), f"is {points:g}, but the questions add up to {assignment.points:g}"
        )


def _bad_policies(assignment: Assignment) -> Iterator[Problem]:
    attempts, board = assignment.attempts, assignment.publication.leaderboard
    if attempts != Attempts() and not (attempts.most or attempts.within):
        yield Problem(("attempts",), "limits nothing: give most, or within and hours")
    if 0 < attempts.most < attempts.within:
        says = f"is {attempts.within}, but only {attempts.most} are allowed in all"
        yield Problem(("attempts", "within"), says)
    seconds, limit = assignment.limits.run_seconds, 60 * assignment.publication.minutes
    if assignment.publication != Publication() and seconds > limit / 2:
        says = (
            f"{limit:g} s are too few for code that may run {seconds:g} s: at least twice as many"
        )
        yield Problem(("gradescope", "minutes"), says)
    if assignment.publication.minutes > MOST_MINUTES:
        says = f"are {limit / 60:g}, and the platform allows at most {MOST_MINUTES}"
        yield Problem(("gradescope", "minutes"), says)
    if board and assignment.training is None:
        yield Problem(("gradescope", "leaderboard"), "ranks a training, but there is no [training]")


def _bad_files(assignment: Assignment) -> Iterator[Problem]:
    seen: dict[str, str] = {}
    for index, handin in enumerate(assignment.files):
        for key, name in (("name", handin.name), *(("instead", n) for n in handin.instead)):
            twice = f"is already used by {seen[name.lower()]}" if name.lower() in seen else ""
            wrong = _wrong_name(name) or twice
            if wrong:
                yield Problem(("file", index, key), f"{name!r} {wrong}")
            seen.setdefault(name.lower(), f"file {index + 1}")
        if handin.required and handin.name.endswith(".py") and not _wrong_name(handin.name):
            yield from _missing_skeleton(assignment, handin.name, index)


def _wrong_name(name: str) -> str:
    if not _FILE.fullmatch(name) or name.endswith("."):
        return "is not a plain file name (letters, digits, _ . - and spaces)"
    if name.endswith(".py") and not name[:-3].isidentifier():
        return f"cannot be imported: {name[:-3]!r} is no Python name"
    if name.lower() in _RESERVED:
        return "is a file of the assignment, not of the student"
    return ""


def _missing_skeleton(assignment: Assignment, name: str, index: int) -> Iterator[Problem]:
    folder, solution = assignment.folder, assignment.solution
    # A student may have moved the file; where the master lies, `verify` can cut it anew.
    if solution is None or (solution / name).is_file():
        return
    if not (folder / name).is_file():
        there = tuple(sorted(p.name for p in folder.glob("*.py") if p.name not in _RESERVED))
        says = f"the skeleton {name} is not in the folder of the assignment"
        yield Problem(("file", index, "name"), says + nearest(name, there))


def _bad_module(assignment: Assignment) -> Iterator[Problem]:
    module, place = assignment.module, ("module",)
    files = {handin.name: handin for handin in assignment.files}
    if not module.endswith(".py"):
        yield Problem(place, f"{module!r} is not a .py file")
    elif module not in files:
        yield Problem(place, f"{module!r} is not the name of a [[file]]{nearest(module, files)}")
    elif not files[module].required:
        yield Problem(place, f"{module!r} must be a required file")


def _bad_questions(questions: tuple[Question, ...]) -> Iterator[Problem]:
    ids = tuple(question.id for question in questions)
    for index, question in enumerate(questions):
        place, earlier = ("question", index, "id"), ids[:index]
        if not NAME.fullmatch(question.id):
            yield Problem(
                place, f"{question.id!r} must be a-z, 0-9 and _, from a letter on, at most 80"
            )
        elif question.id in earlier:
            yield Problem(place, f"{question.id!r} is the id of an earlier question too")
        for need in question.needs:
            yield from _bad_need(need, question.id, ids, earlier, index)


def _bad_need(
    need: str, own: str, ids: tuple[str, ...], earlier: tuple[str, ...], index: int
) -> Iterator[Problem]:
    place = ("question", index, "needs")
    if need == own:
        yield Problem(place, f"{need!r} is this question itself")
    elif need in ids and need not in earlier:
        yield Problem(place, f"{need!r} comes later; a question needs only earlier ones")
    elif need not in ids:
        yield Problem(place, f"there is no question {need!r}{nearest(need, earlier)}")
