"""Grade a class: open each submission, grade what the journal does not know, tell how all stand.

Whatever ends this run, the same command goes on where it was: the journal holds every result
that was reached, and equal work is graded once. Gradings come in any order; the cohort that is
returned does not depend on it.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from autograder.assignment import Assignment
from autograder.classroom.executor import Executor, Job
from autograder.classroom.fingerprint import grader_digest, job_key
from autograder.classroom.intake import Intake, intake
from autograder.classroom.journal import Entry, Journal, JournalError
from autograder.cohort import Candidate, Cohort, Standing, Status, Student, status_of
from autograder.grading import ungradable
from autograder.handin.entries import listed
from autograder.report import Outcome, Report
from autograder.submission import Submission, SubmissionError, open_submission

JOURNAL = "journal.jsonl"
CHANGED = (
    "The assignment, its graders, --isolation or the toolkit changed since the work of {count} of "
    "these students was graded: one gradebook would hold two graders' scores. Add --regrade to "
    "grade all again and see who moves, or name another folder with -o."
)
GONE = (
    "The gradebook in {out} holds {names}, who are not among these submissions. Give the work of "
    "all, or name another folder with -o."
)
INSIDE = "The results cannot go into {out}, where the submissions are: name another folder with -o."

Follow = Callable[["Progress"], None]


@dataclass(frozen=True)
class Progress:
    """How far a run is: students' submissions that are done, of how many, not simply graded."""

    done: int
    total: int
    failed: int


@dataclass
class _Opened:
    """What opening one candidate gave: a key to its result, or the reason why there is none."""

    candidate: Candidate
    key: str = ""
    work: str = ""
    problem: str = ""
    notes: tuple[str, ...] = ()


@dataclass
class _Run:
    """One run over a class: its folder for open submissions, and what is known so far."""

    assignment: Assignment
    folder: Path
    grader: str
    entry: str | None = None
    opened: list[_Opened] = field(default_factory=list)
    asked: dict[str, Submission] = field(default_factory=dict)

    def open(self, candidate: Candidate, known: set[str]) -> Job | None:
        """Open a candidate's work; return a job where nobody has graded the same yet."""
        into = self.folder / f"{len(self.opened):06}"
        opened = _Opened(candidate, problem=candidate.problem)
        self.opened.append(opened)
        if candidate.problem:
            return None
        try:
            submission = open_submission(candidate.path, self.assignment, into, self.entry)
        except SubmissionError as error:
            opened.problem = str(error)
            shutil.rmtree(into, ignore_errors=True)
            return None
        opened.key = job_key(submission.digest, self.grader)
        opened.work, opened.notes = submission.digest, submission.notes
        if opened.key in known or opened.key in self.asked:
            shutil.rmtree(into, ignore_errors=True)
            return None
        # Notes and paths are one student's own: another who handed in the same never sees them.
        self.asked[opened.key] = replace(submission, notes=(), source="")
        return Job(opened.key, self.asked[opened.key])


def grade_class(
    assignment: Assignment,
    paths: Sequence[Path],
    out: Path,
    executor: Executor,
    *,
    roster: Path | None = None,
    data: Path | None = None,
    regrade: bool = False,
    isolation: str = "required",
    entry: str | None = None,
    before: Cohort | None = None,
    follow: Follow = lambda progress: None,
) -> tuple[Cohort, Intake]:
    """Grade every submission below `paths`; keep the journal in the folder `out`.

    `entry` names the file that is graded where students were told another name than that of the
    module. `before` is the gradebook as it was: a score in it outlives a grader that breaks now.
    Returns how everybody stands, and what was found and left out. Raises IntakeError,
    JournalError or LaunchError; what was graded until then is kept.
    """
    if out.resolve() in [path.resolve() for path in paths]:
        raise JournalError(INSIDE.format(out=out))
    grader = grader_digest(assignment, data, isolation)
    with Journal(out / JOURNAL, assignment.name) as journal, _folder() as folder:
        found = _without(intake(paths, folder / "unpacked", roster), out)
        _all_here(found, before, out)
        run = _Run(assignment, folder / "open", grader, entry)
        (folder / "open").mkdir(mode=0o711)
        if not regrade:
            _unmixed(run, found.candidates, journal)
        known = {e.key: e for e in journal.entries if not (regrade and _is_open(e))}
        _carry_out(run, found.candidates, known, journal, executor, follow)
        standings = [*_standings(run, journal), *map(_missing, found.missing)]
    kept = {s.student.key: s for s in before.standings} if before else {}
    told = [_outlived(s, kept.get(s.student.key)) for s in _one_each(standings)]
    questions = tuple((q.id, q.title, q.points) for q in assignment.questions)
    cohort = Cohort(
        assignment.name,
        assignment.title,
        assignment.points,
        questions,
        tuple(sorted(told, key=lambda s: s.student.key)),
        _facts(told, grader),
    )
    return cohort, found


@contextmanager
def _folder() -> Iterator[Path]:
    """Give a folder that users of workers pass through and cannot list; then remove it."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        folder = Path(name).resolve()
        folder.chmod(0o711)
        yield folder


def _without(found: Intake, out: Path) -> Intake:
    """Leave out what this command itself wrote."""
    inside = out.resolve()
    kept = (c for c in found.candidates if not c.path.resolve().is_relative_to(inside))
    return replace(found, candidates=tuple(kept))


def _all_here(found: Intake, before: Cohort | None, out: Path) -> None:
    """Refuse to lose a student of the gradebook that is there: it may be the wrong folder."""
    now = {s.key for one in found.candidates for s in one.students}
    now |= {student.key for student in found.missing}
    then = [s.student for s in before.standings if s.work] if before else []
    gone = [student.name or student.key for student in then if student.key not in now]
    if gone:
        raise JournalError(GONE.format(out=out, names=listed(gone)))


def _unmixed(run: _Run, candidates: Sequence[Candidate], journal: Journal) -> None:
    """Refuse to mix the results of two graders; what this one graded already is in order."""
    ours = {entry.work for entry in journal.entries if entry.grader == run.grader}
    others = {entry.work for entry in journal.entries} - ours
    if not others:
        return
    stale = 0
    for number, one in enumerate(candidates):
        into = run.folder / f"look-{number:06}"
        with suppress(SubmissionError):
            if not one.problem:
                work = open_submission(one.path, run.assignment, into, run.entry)
                stale += len(one.students) if work.digest in others else 0
        shutil.rmtree(into, ignore_errors=True)
    if stale:
        raise JournalError(CHANGED.format(count=stale))


def _carry_out(
    run: _Run,
    candidates: Sequence[Candidate],
    entries: dict[str, Entry],
    journal: Journal,
    executor: Executor,
    follow: Follow,
) -> None:
    """Grade what is not among the `entries`; each result is in the journal before the next."""
    known = {key: _status(entry) is Status.GRADED for key, entry in entries.items()}

    def tell() -> None:
        ended = [o for o in run.opened if o.problem or o.key in known]
        failed = sum(bool(o.problem) or not known[o.key] for o in ended)
        follow(Progress(len(ended), len(candidates), failed))

    def jobs() -> Iterator[Job]:
        for candidate in candidates:
            if (job := run.open(candidate, set(known))) is not None:
                yield job

    for done in executor.run(jobs()):
        submission = run.asked[done.key]
        entry = Entry(done.key, submission.digest, run.grader, done.report)
        journal.add(entry)
        known[entry.key] = _status(entry) is Status.GRADED
        shutil.rmtree(submission.folder, ignore_errors=True)
        tell()
    tell()


def _status(entry: Entry) -> Status:
    return status_of(Report.from_dict(entry.report))[0]


def _is_open(entry: Entry) -> bool:
    """Tell whether a grading again could say more: the grader broke, or lacked something."""
    skipped = Outcome.SKIPPED in (c.outcome for c in Report.from_dict(entry.report).checks)
    return skipped or _status(entry) is Status.FAULT


def _standings(run: _Run, journal: Journal) -> Iterator[Standing]:
    results = {entry.key: entry for entry in journal.entries}
    attempts: dict[str, int] = {}
    for entry in journal.entries:
        attempts[entry.work] = attempts.get(entry.work, 0) + 1
    for opened in run.opened:
        for student in opened.candidate.students:
            if opened.problem:
                report = ungradable(run.assignment, "missing", opened.problem)
                yield _standing(student, opened, run.grader, report, 0)
            elif opened.key in results:
                entry = results[opened.key]
                report = Report.from_dict(entry.report)
                report = replace(
                    report,
                    notes=(*opened.notes, *report.notes),
                    submission=opened.candidate.path.name,
                )
                yield _standing(student, opened, run.grader, report, attempts[entry.work])


def _standing(
    student: Student, opened: _Opened, grader: str, report: Report, attempts: int
) -> Standing:
    status, reason = status_of(report)
    if opened.problem:
        status, reason = Status.UNGRADABLE, opened.problem
    one = opened.candidate
    return Standing(
        student,
        status,
        report,
        reason,
        attempts,
        one.late,
        one.submitted,
        one.submission,
        one.path.name,
        opened.work,
        grader,
    )


def _missing(student: Student) -> Standing:
    return Standing(student, Status.MISSING, reason="nothing was handed in")


def _one_each(standings: Sequence[Standing]) -> Iterator[Standing]:
    """Yield one standing a student; of several the first, whose reason tells of the others."""
    seen: set[str] = set()
    for standing in standings:
        if standing.student.key not in seen:
            seen.add(standing.student.key)
            yield standing


def _outlived(now: Standing, before: Standing | None) -> Standing:
    """Return the earlier standing with its score where the grader broke this time."""
    if now.status is not Status.FAULT or before is None or before.score is None:
        return now
    if before.status is Status.MISSING:
        return now
    reason = f"the last grading broke ({now.reason}); the earlier score stands"
    return replace(before, status=Status.KEPT, reason=reason, attempts=now.attempts)


def _facts(standings: Sequence[Standing], grader: str) -> tuple[tuple[str, str], ...]:
    """Return what all reports of the run say in the same words, and which grader it was."""
    reports = [s.report for s in standings if s.report and s.report.outcome is not Outcome.ERROR]
    shared = set.intersection(*(set(r.facts.items()) for r in reports)) if reports else set()
    return (*sorted(shared), ("grader", grader[:16]))
