"""The order of one run, in which a valid `results.json` is in place from the first moment on.

1. The worst case is written first: the earlier score stands, the staff look at it.
2. The graders are closed to everybody but root.
3. The rules of the course say whether this attempt is graded at all.
4. A process of its own grades, and is ended in time.
5. Only when nothing of the student's runs any more, the results are put in place.
"""

from __future__ import annotations

import math
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from autograder import console
from autograder.assignment import Assignment, AssignmentError, load, names
from autograder.gradescope import metadata, outlet, rules, watch
from autograder.gradescope.metadata import Told
from autograder.gradescope.watch import Broken, Found
from autograder.report import Outcome, Report, clean
from autograder.show.gradescope import gradescope
from autograder.show.withheld import withheld
from autograder.show.words import in_state

METADATA = "submission_metadata.json"
OURS = (
    "Your work could not be graded. This is not your fault, it is not a zero, and there is "
    "nothing you need to change: your work is kept, and the course staff were told and will "
    "grade it again."
)


def run(base: Path) -> bool:
    """Grade `base/submission`; return whether a valid `base/results/results.json` is there."""
    told, results = metadata.read(base / METADATA), base / "results"
    for text in told.notes:
        _note(text)
    with suppress(OSError):
        results.mkdir(exist_ok=True)
    with _closed(results):
        worst = broken(told)
        _deliver(results, worst)
        outlet.reserve(results)
        try:
            final = _grade(base, told, os.environ.get("TIMEOUT_SECONDS", ""))
        except Exception as error:  # whatever it is, it is not the student's fault
            kind = "" if isinstance(error, (Broken, AssignmentError)) else type(error).__name__
            _note(f"not graded: {': '.join(filter(None, (kind, str(error))))}")
            final = worst
        _deliver(results, final)
    return (results / outlet.NAME).is_file()


def _grade(base: Path, told: Told, limit: str) -> dict[str, Any]:
    source = base / "source"
    close(source)
    assignment = only(source)
    if not (base / "submission").is_dir():
        raise Broken("the platform gave no folder submission")
    publication = assignment.publication
    refused = rules.refusal(assignment.attempts, told)
    if refused:
        published = publication.hidden == "after_published"
        return turned_down(refused, told, published=published, most=assignment.points)
    seconds = watch.seconds_left(publication.minutes, limit)
    found = watch.grade_apart(source, assignment.name, base / "submission", seconds)
    for text in for_staff(found.report):
        _note(text)
    return graded(assignment, found, told)


def graded(assignment: Assignment, found: Found, told: Told) -> dict[str, Any]:
    """Return the results of a graded submission; raises Broken where nothing was run."""
    report, publication = found.report, assignment.publication
    findings = [check.finding for check in report.checks if check.finding]
    if findings and all(finding.kind == "isolation" for finding in findings):
        raise Broken(findings[0].message)
    cost = rules.lateness(assignment.late, told)
    broke = bool(in_state(report, "error"))
    return gradescope(
        report,
        hints=publication.hints,
        published=publication.hidden == "after_published",
        previous=told.standing,
        less=cost.less,
        remarks=filter(None, [cost.says]),
        board=publication.leaderboard,
        extra={"made": found.made, rules.UNCOUNTED: rules.passed_on(told, broke=broke)},
    )


def for_staff(report: Report) -> Iterator[str]:
    """Yield what students are not told: why a check broke or did not run, and which claim fails."""
    for question in report.questions:
        for check in question.checks:
            if check.outcome in (Outcome.ERROR, Outcome.SKIPPED) and check.finding:
                why = f"{check.finding.message}\n{check.finding.traceback}"
                yield clean(f"{question.id}: {check.title}: {check.outcome.value}: {why}").rstrip()
    for name, value in report.facts.items():
        if name.startswith("claim: "):
            yield clean(f"{name}: {value}")


def turned_down(why: str, told: Told, *, published: bool, most: float = math.inf) -> dict[str, Any]:
    """Return the results of a submission that the rules do not let be graded."""
    extra = {"refused": why, rules.UNCOUNTED: rules.passed_on(told, broke=False)}
    says = f"This submission was not graded.\n{why}"
    return withheld(told.standing, says, extra, published=published, most=most)


def broken(told: Told) -> dict[str, Any]:
    """Return the results of a run that did not come to its end."""
    extra = {"broke": True, rules.UNCOUNTED: rules.passed_on(told, broke=True)}
    return withheld(told.standing, OURS, extra)


def only(source: Path) -> Assignment:
    """Return the one assignment below `source`. Raises Broken for none or several."""
    found = names(source)
    if len(found) != 1:
        there = ", ".join(found) or "none"
        raise Broken(f"one assignment was wanted below {source}/assignments, found: {there}")
    assignment = load(found[0], source)
    if assignment.solution is None:
        raise Broken(f"solutions/{assignment.name} is not in {source}: the hidden checks are gone")
    return assignment


def close(folder: Path) -> None:
    """Keep everybody but the owner, root, out of a folder and of all that is in it."""
    if folder.is_symlink():
        return
    for place, _, files in os.walk(folder):
        for path in (place, *(os.path.join(place, name) for name in files)):
            with suppress(OSError):
                mode = os.lstat(path).st_mode
                if os.geteuid() == 0:
                    os.chown(path, 0, 0, follow_symlinks=False)
                if not stat.S_ISLNK(mode):
                    os.chmod(path, stat.S_IMODE(mode) & 0o700)


@contextmanager
def _closed(folder: Path) -> Iterator[None]:
    """Close a folder in the body; then whoever reads the results finds it as it was."""
    before = folder.stat() if folder.is_dir() else None
    close(folder)
    try:
        yield
    finally:
        if before is not None:
            with suppress(OSError):
                os.chmod(folder, stat.S_IMODE(before.st_mode))
                os.chown(folder, before.st_uid, before.st_gid)


def _deliver(results: Path, content: dict[str, Any]) -> None:
    problem = outlet.put(results, content)
    if problem:
        _note(problem)


def _note(text: str) -> None:
    """Tell the staff: what is printed is kept from students."""
    console.aside(f"for the staff: {text}\n")
