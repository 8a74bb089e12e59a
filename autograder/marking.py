"""What `grade batch` does around `classroom`: who grades, how far it is, what is written."""

from __future__ import annotations

import os
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.console import ENVIRONMENT, OURS, STOPPED, USAGE, aside, say, screen, stop

if TYPE_CHECKING:
    from autograder.assignment import Assignment
    from autograder.classroom.batch import Progress
    from autograder.classroom.executor import Executor
    from autograder.classroom.intake import Intake
    from autograder.cohort import Cohort, Standing
    from autograder.show.screen import Screen

DATABASE = "gradebook.db"
DRAW_SECONDS, LINE_SECONDS = 0.2, 10.0
NEEDS = 'The gradebook needs SQLAlchemy: pip install "graded-descent[classroom]"'


@dataclass(frozen=True)
class Terms:
    """How to grade a class: what the options of `grade batch` say."""

    root: Path
    paths: tuple[Path, ...]
    out: Path
    jobs: int
    isolation: str
    roster: Path | None = None
    data: Path | None = None
    database: str | None = None
    regrade: bool = False
    scheduler: str | None = None
    gpu: bool = False
    canvas: Path | None = None
    column: str = ""
    entry: str | None = None


def mark(assignment: Assignment, terms: Terms, command: str) -> int:
    """Grade the class, write what came of it into the folder, say so; return the exit code."""
    from autograder.classroom.batch import grade_class
    from autograder.classroom.intake import IntakeError
    from autograder.classroom.journal import JournalError
    from autograder.wall.process import LaunchError

    before = _before(assignment, terms)
    line = Line(screen(), sys.stderr.isatty())
    try:
        with _executor(assignment, terms) as executor:
            cohort, found = grade_class(
                assignment,
                terms.paths,
                terms.out,
                executor,
                roster=terms.roster or terms.canvas,
                data=terms.data,
                regrade=terms.regrade,
                isolation=terms.isolation,
                entry=terms.entry,
                before=before,
                follow=line.follow,
            )
    except (IntakeError, JournalError) as error:
        line.close()
        stop(str(error), USAGE)
    except LaunchError as error:
        line.close()
        stop(f"No submission was graded: {error}", ENVIRONMENT)
    except KeyboardInterrupt:
        line.close()
        stop(
            f"stopped; what was graded is kept, and the same command goes on:\n  {command}", STOPPED
        )
    line.close()
    _need_somebody(cohort, found)
    _write(cohort, before, terms)
    return _tell(cohort, before, terms, command)


def _need_somebody(cohort: Cohort, found: Intake) -> None:
    """Pass on what was noted about the hand-ins; ends the command where there is no student."""
    for note in found.notes:
        aside(f"note: {note}\n")
    if not cohort.standings:
        wanted = "Name the folder that holds a folder, a file or a zip for each student."
        stop(f"Nothing that students handed in was found, and there is no roster. {wanted}", USAGE)


def _executor(assignment: Assignment, terms: Terms) -> Executor:
    from autograder.classroom.executor import Task

    task = Task(terms.root, assignment.name, terms.isolation, terms.data)
    if terms.scheduler is None:
        from autograder.classroom.pool import Pool

        return Pool(task, terms.jobs)
    from autograder.classroom.cluster import Cluster
    from autograder.classroom.connect import ClusterError

    try:
        return Cluster(task, terms.scheduler, resources={"GPU": 1} if terms.gpu else None)
    except ClusterError as error:
        stop(str(error), ENVIRONMENT)


def _before(assignment: Assignment, terms: Terms) -> Cohort | None:
    """Return the gradebook as it is; None where there is none of this assignment yet."""
    try:
        from autograder.classroom.gradebook import GradebookError, NoGradebook, recall
    except ImportError:
        stop(NEEDS, ENVIRONMENT)
    if os.path.lexists(terms.out) and not terms.out.is_dir():
        stop(f"{terms.out} is not a folder: name another one with -o.", USAGE)
    if terms.database is None and not os.path.exists(terms.out / DATABASE):  # sealed ones too
        return None
    try:
        return recall(assignment.name, _url(terms))
    except NoGradebook:
        return None
    except GradebookError as error:
        stop(str(error), ENVIRONMENT)


def _url(terms: Terms) -> str:
    return terms.database or f"sqlite:///{(terms.out / DATABASE).resolve()}"


@dataclass
class Line:
    """The live line on standard error: redrawn on a terminal, now and then a line elsewhere."""

    look: Screen
    terminal: bool
    started: float = field(default_factory=time.monotonic)
    drawn: float = 0.0
    open: bool = False
    ended: bool = False

    def follow(self, progress: Progress) -> None:
        from autograder.show.cohort import live

        now = time.monotonic()
        last = progress.done == progress.total
        if last and self.ended:
            return
        self.ended = last
        if now - self.drawn < (DRAW_SECONDS if self.terminal else LINE_SECONDS) and not last:
            return
        text = live(
            progress.done,
            progress.total,
            progress.failed,
            now - self.started,
            width=self.look.width,
            unicode=self.look.unicode,
        )
        self.drawn, self.open = now, self.terminal
        start, end = ("\r\x1b[K", "") if self.terminal else ("", "\n")
        aside(f"{start}{text}{end}")

    def close(self) -> None:
        if self.open:
            aside("\n")
            self.open = False


def _write(cohort: Cohort, before: Cohort | None, terms: Terms) -> None:
    """Write the gradebook and all that is made from it."""
    from autograder.classroom.gradebook import GradebookError, keep
    from autograder.show.changes import changes, changes_csv
    from autograder.show.cohort import class_page
    from autograder.show.tables import canvas_csv, gradebook_csv, gradescope_csv

    try:
        keep(cohort, _url(terms))
    except GradebookError as error:
        stop(f"{error}\nEvery result is in {terms.out / 'journal.jsonl'}.", ENVIRONMENT)
    files = {
        "gradebook.csv": gradebook_csv(cohort),
        "gradescope.csv": gradescope_csv(cohort),
        "canvas.csv": canvas_csv(cohort, terms.column),
        "class.html": class_page(cohort),
    }
    if terms.regrade and before is not None:
        files["changes.csv"] = changes_csv(changes(before, cohort))
    if terms.canvas is not None:
        files["canvas.csv"] = _filled(cohort, terms.canvas, terms.column)
    try:
        for name, text in files.items():
            _put(terms.out / name, text)
        for standing in cohort.standings:
            _put_report(standing, terms.out / "reports")
    except OSError as error:
        stop(f"{error.filename} cannot be written: {error.strerror}", USAGE)


def _filled(cohort: Cohort, exported: Path, column: str) -> str:
    """Return the instructor's own Canvas export with our scores in its column."""
    from autograder.show.tables import TableError, canvas_filled

    try:
        text = exported.read_text(encoding="utf-8-sig")
        filled, unmatched = canvas_filled(text, cohort, column or cohort.title)
    except (OSError, UnicodeDecodeError, TableError) as error:
        stop(f"{exported} cannot be filled in: {error}. Name its column with --column.", USAGE)
    for name in unmatched:
        aside(f"note: without a match in the Canvas export, or in the class: {name}\n")
    return filled


def _put_report(standing: Standing, folder: Path) -> None:
    from autograder.show.html import html

    if standing.report is not None:
        folder.mkdir(exist_ok=True)
        _put(folder / f"{standing.student.key}.html", html(standing.report))


def _put(path: Path, text: str) -> None:
    """Write a file so that nobody ever sees half of it."""
    half = path.with_name(path.name + ".part")
    half.write_text(text, encoding="utf-8", newline="")
    os.replace(half, path)


def _tell(cohort: Cohort, before: Cohort | None, terms: Terms, command: str) -> int:
    from autograder.cohort import Status
    from autograder.show.changes import changes, changes_text
    from autograder.show.cohort import class_text

    look = vars(screen())
    again = command if terms.regrade else f"{command} --regrade"
    say(class_text(cohort, **look, command=again))
    if terms.regrade and before is not None:
        say("\n" + changes_text(changes(before, cohort), **look))
    names = ("class.html", "gradebook.csv", "gradescope.csv", "canvas.csv", "reports/")
    say(f"\nwritten in {terms.out}:\n  {', '.join(names)}\n")
    return OURS if cohort.of(Status.FAULT) or cohort.of(Status.KEPT) else 0
