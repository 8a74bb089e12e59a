"""`pytest assignments/NAME`: the same checks, with the same outcomes, under pytest.

Only `assignments/NAME/test_public.py` and `solutions/NAME/test_hidden.py` are taken over;
everything else is pytest's own. The student's code runs in pytest's process, so that
`breakpoint()` works in it. What is graded is the folder of the grader file (your work, or
the solution), or the path given with `--submission`. Each question's id is a marker.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from autograder.assignment import Assignment
    from autograder.checks.run import Bench, Check
    from autograder.report import CheckResult, Finding
    from autograder.submission import Submission

PUBLIC, HIDDEN = "test_public.py", "test_hidden.py"
OURS = "graded_descent_error"
SHARE = "graded_descent_share"


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("graded descent")
    group.addoption(
        "--submission",
        type=Path,
        metavar="PATH",
        help="the folder, file, notebook or zip that an assignment's checks grade",
    )


@pytest.hookimpl(tryfirst=True)
def pytest_pycollect_makemodule(module_path: Path, parent: pytest.Collector) -> Any:
    """Take a grader file over from pytest, which would import it as a test module."""
    root = root_of(module_path)
    return None if root is None else CheckFile.from_parent(parent, path=module_path, root=root)


def pytest_report_teststatus(report: Any) -> tuple[str, str, str] | None:
    """Tell a grader that broke from an answer that is wrong."""
    if report.when == "call" and (OURS, True) in report.user_properties:
        return "error", "E", "GRADER BROKE"
    return None


def root_of(path: Path) -> Path | None:
    """Return the course folder of a grader file, or None for any other file."""
    room = {PUBLIC: "assignments", HIDDEN: "solutions"}.get(path.name)
    if room is None or path.parent.parent.name != room:
        return None
    root = path.parents[2]
    manifest = root / "assignments" / path.parent.name / "assignment.toml"
    return root if manifest.is_file() else None


class CheckFile(pytest.File):
    """A grader file; between its first and last check one submission lies open."""

    def __init__(self, *, root: Path, **rest: Any) -> None:
        super().__init__(**rest)
        self.root = root
        self.opened = ExitStack()
        self.bench: Bench | None = None
        self.refused: Finding | None = None

    def collect(self) -> Iterable[CheckItem]:
        from autograder.assignment import AssignmentError, load
        from autograder.checks.run import GraderError, load_checks

        try:
            assignment = load(self.path.parent.name, self.root)
            ids = tuple(question.id for question in assignment.questions)
            checks = load_checks(self.path, hidden=self.path.name == HIDDEN, questions=ids)
        except (AssignmentError, GraderError) as error:
            raise self.CollectError(f"The grader cannot be used: {error}") from error
        for check in checks:
            self._mark(check.mark.question)
            yield CheckItem.from_parent(self, name=check.name, check=check, assignment=assignment)

    def _mark(self, question: str) -> None:
        self.config.addinivalue_line("markers", f"{question}: a question of an assignment")

    def open(self, assignment: Assignment) -> None:
        """Open the submission, once; what cannot be graded is kept as `refused`."""
        from autograder.checks.files import Files
        from autograder.checks.run import Bench
        from autograder.grading import trusted
        from autograder.report import Finding
        from autograder.submission import SubmissionError, open_submission
        from autograder.wall.exchange import Exchange

        if self.bench is not None or self.refused is not None:
            return
        given: Path = self.config.option.submission or self.path.parent
        clean = Path(self.opened.enter_context(TemporaryDirectory(ignore_cleanup_errors=True)))
        try:
            work = open_submission(given, assignment, clean.resolve() / "work")
        except SubmissionError as error:
            self.refused = Finding("missing", str(error))
            return
        module, leave = in_place(given, work), (pytest.exit.Exception,)
        exchange = Exchange(module, assignment.limits, inline=True, through=leave)
        self.opened.callback(exchange.close)
        files = Files(work.folder, assignment.files, exchange)
        self.bench = Bench(assignment, exchange, files, work.digest, *trusted(assignment))

    def teardown(self) -> None:
        self.bench = None
        self.opened.close()


def in_place(given: Path, work: Submission) -> Path:
    """Return the student's own file where it equals the clean copy: editors stop in that one."""
    own = given.resolve() / work.module.name if given.is_dir() else given.resolve()
    same = own.is_file() and own.read_bytes() == work.module.read_bytes()
    return own if same and own.name == work.module.name else work.module


class CheckItem(pytest.Item):
    """One check; it runs as it does without pytest."""

    parent: CheckFile

    def __init__(self, *, check: Check, assignment: Assignment, **rest: Any) -> None:
        super().__init__(**rest)
        self.check = check
        self.assignment = assignment
        self.result: CheckResult | None = None
        self.add_marker(getattr(pytest.mark, check.mark.question))

    def setup(self) -> None:
        self.parent.open(self.assignment)

    def runtest(self) -> None:
        from autograder.report import Outcome

        result = self.result = self._run()
        finding = result.finding
        if finding is None:
            return
        if result.outcome is Outcome.SKIPPED:
            pytest.skip(finding.message)
        self.user_properties.append((OURS, result.outcome is Outcome.ERROR))
        if result.share:
            self.user_properties.append((SHARE, result.share))
        raise NotPassed(finding)

    def _run(self) -> CheckResult:
        from autograder.checks.run import run_check
        from autograder.report import CheckResult, Outcome
        from autograder.wall.failure import Interrupted

        bench = self.parent.bench
        if bench is None:
            refused = self.parent.refused
            return CheckResult(self.name, self.check.title, Outcome.FAILED, finding=refused)
        try:
            with inside(bench.files.folder):
                return run_check(self.check, bench)
        except Interrupted as left:
            raise left.cause from None

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        if isinstance(excinfo.value, NotPassed):
            ours = (OURS, True) in self.user_properties
            return said(excinfo.value.finding, ours=ours)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int, str]:
        code = getattr(self.check.function, "__wrapped__", self.check.function).__code__
        title = f"{self.check.mark.question}: {self.check.title}"
        return self.path, code.co_firstlineno - 1, title


class NotPassed(Exception):
    """A check that did not pass, for whatever reason."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.message)
        self.finding = finding


@contextmanager
def inside(folder: Path) -> Iterator[None]:
    """Work in `folder`, as a worker does."""
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)


def said(finding: Finding, *, ours: bool) -> str:
    """Return what pytest prints for a check that did not pass; never a frame of ours."""
    from autograder.door.words import told

    lines = ["The grader broke; this is not your fault."] if ours else []
    lines += [told(finding)]
    if finding.where and not ours:
        place = finding.where.split(" ")[0]
        lines += [f"  to look around: put breakpoint() at {place} and run this check again"]
    return "\n".join(lines)
