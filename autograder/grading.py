"""`grade(assignment, submission) -> Report`: the spine."""

from __future__ import annotations

import platform
import re
import time
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext, suppress
from pathlib import Path
from types import ModuleType

from autograder.assignment import Assignment
from autograder.checks.files import Files
from autograder.checks.folding import answered, fold
from autograder.checks.run import Bench, Check, load_checks, load_module, run_check, skip
from autograder.checks.shelf import Shelf
from autograder.report import CheckResult, Finding, Outcome, QuestionResult, Report
from autograder.submission import Submission
from autograder.wall.exchange import Exchange
from autograder.wall.isolation import EXPOSED, REFUSED, Isolation, IsolationError, missing
from autograder.wall.process import Process, Spawn
from autograder.wall.warm import spawn

CPU = "cpu (no CUDA GPU: GPU-only checks are skipped, not failed)"
CUDA = "cuda (an NVIDIA GPU is here)"


_SYMPY = re.compile(r"^\s*(import|from) sympy\b", re.MULTILINE)
_UNGRADABLE = {
    "missing": "the submission can be read",
    "error": "the grader can be loaded",
    "isolation": "this machine keeps a student's code apart",
}


def grade(
    assignment: Assignment,
    submission: Submission,
    *,
    only: Iterable[str] = (),
    inline: bool = False,
    checks: tuple[Check, ...] | None = None,
    process: Process | None = None,
    spawn: Spawn = spawn,
    data: Path | None = None,
    isolation: Isolation = Isolation.BEST_EFFORT,
    anyway: bool = False,
) -> Report:
    """Grade a submission: every public check, and the hidden ones where they are present.

    `only` names the questions to grade; all of them when empty. `inline` runs the student's
    code in this process. `checks` are those of `collect`, where one loads them once to grade
    many; `process` is a worker that was started ahead, `spawn` starts those that it needs;
    `data` is a folder in which data sets are looked for first. Where the machine cannot keep
    the student's code apart, hidden checks are skipped, unless an instructor wants them
    `anyway`; under `isolation` "required" nothing is graded then. Raises GraderError or
    LaunchError, which are ours.
    """
    started = time.perf_counter()
    asked = tuple(only) or tuple(q.id for q in assignment.questions)
    # The worker starts first: it warms up while the graders are imported here.
    exchange = _exchange(assignment, submission, inline, process, spawn, isolation)
    try:
        checks = collect(assignment) if checks is None else checks
        bench = _bench(assignment, submission, exchange, data)
        refused = "" if anyway or inline else _refused(checks, bench)
        results = _results([c for c in checks if c.mark.question in asked], bench, refused)
    except IsolationError as error:
        return ungradable(assignment, "isolation", str(error), only=only)
    finally:
        exchange.close()
    seconds = round(time.perf_counter() - started, 3)
    return _report(submission, bench, fold(assignment, results, asked), asked, seconds)


def _exchange(
    assignment: Assignment,
    submission: Submission,
    inline: bool,
    process: Process | None,
    spawn: Spawn,
    isolation: Isolation,
) -> Exchange:
    return Exchange(
        submission.module,
        assignment.limits,
        inline=inline,
        process=process,
        spawn=spawn,
        torch=not assignment.light,
        isolation=isolation,
    )


def _bench(
    assignment: Assignment, submission: Submission, exchange: Exchange, data: Path | None
) -> Bench:
    if not assignment.light:
        _load_torch()  # while the worker loads it too
    files = Files(submission.folder, assignment.files, exchange)
    secrets = trusted(assignment)
    return Bench(assignment, exchange, files, submission.digest, *secrets, Shelf(data))


def _results(checks: list[Check], bench: Bench, refused: str) -> dict[Check, CheckResult]:
    """Run every check; the hidden ones not where they are `refused`."""
    with _at_desk(bench.assignment):
        return {
            c: skip(c, refused) if c.hidden and refused else run_check(c, bench) for c in checks
        }


def _at_desk(assignment: Assignment) -> AbstractContextManager[None]:
    if assignment.light:
        return nullcontext()
    from autograder.models.apart import at_desk

    return at_desk()


def _refused(checks: tuple[Check, ...], bench: Bench) -> str:
    """Return why hidden checks may not run beside this worker; nothing where they may."""
    if not any(check.hidden for check in checks):
        return ""
    layers, solution = bench.exchange.confine(), bench.assignment.solution
    if missing(layers):
        return REFUSED
    # Another user alone keeps nobody from what everybody may read.
    if not layers["landlock"].startswith("ok") and solution is not None:
        return EXPOSED if (solution / "test_hidden.py").stat().st_mode & 0o004 else ""
    return ""


def _load_torch() -> None:
    from autograder.models.execute import library

    with suppress(ImportError):
        library()


def _report(
    submission: Submission,
    bench: Bench,
    questions: tuple[QuestionResult, ...],
    asked: tuple[str, ...],
    seconds: float,
) -> Report:
    assignment, exchange = bench.assignment, bench.exchange
    return Report(
        assignment.name,
        assignment.title,
        questions,
        hidden_left=_hidden_left(assignment, asked),
        notes=(*submission.notes, *exchange.notes),
        facts=_facts(_layers(exchange)) | bench.data.flags | bench.data.measured,
        seconds=seconds,
        submission=submission.source,
    )


def ungradable(
    assignment: Assignment, kind: str, reason: str, *, only: Iterable[str] = ()
) -> Report:
    """Return the report of work that no check could look at: one check a question.

    Of kind "missing", the submission could not be opened; of kind "error", the grader broke;
    of kind "isolation", this machine may not run it.
    """
    asked = tuple(only) or tuple(q.id for q in assignment.questions)
    outcome = Outcome.FAILED if kind == "missing" else Outcome.ERROR
    title = _UNGRADABLE[kind]
    # What a grader broke on may quote a hidden check; `console` tells whoever has the solutions.
    hidden = kind == "error" and assignment.solution is not None
    check = CheckResult(kind, title, outcome, hidden=hidden, finding=Finding(kind, reason))
    questions = tuple(answered(q, (check,)) for q in assignment.questions if q.id in asked)
    left = _hidden_left(assignment, asked)
    facts = _facts("not started")
    return Report(assignment.name, assignment.title, questions, hidden_left=left, facts=facts)


def collect(assignment: Assignment) -> tuple[Check, ...]:
    """Return the assignment's checks: public ones, then hidden ones where they are present."""
    ids = tuple(q.id for q in assignment.questions)
    public = load_checks(assignment.folder / "test_public.py", hidden=False, questions=ids)
    if assignment.solution is None:
        return public
    secret = assignment.solution / "test_hidden.py"
    return public + load_checks(secret, hidden=True, questions=ids)


def packages(assignment: Assignment) -> Iterator[str]:
    """Yield the heavy packages that submissions will import: torch, and sympy like the master.

    Without the solutions, the skeleton says what its solution will need.
    """
    if not assignment.light:
        yield "torch"
    source = (assignment.solution or assignment.folder) / assignment.module
    if source.is_file() and _SYMPY.search(source.read_text("utf-8", "replace")):
        yield "sympy"


def trusted(assignment: Assignment) -> tuple[ModuleType | None, ModuleType | None]:
    """Import what hidden checks may use in the judge: the solution and the public grader."""
    if assignment.solution is None:
        return None, None
    master = assignment.solution / assignment.module
    solution = load_module(master, f"reference_{assignment.name}", beside=True)
    public = load_module(assignment.folder / "test_public.py", f"public_{assignment.name}")
    return solution, public


def _hidden_left(assignment: Assignment, asked: tuple[str, ...]) -> int:
    if assignment.solution is not None:
        return 0
    return sum(q.hidden for q in assignment.questions if q.id in asked)


def _layers(exchange: Exchange) -> str:
    # What stands in brackets is about the machine: `doctor` shows it.
    states = exchange.transport.layers.items()
    return " ".join(f"{name}={state.partition(' (')[0]}" for name, state in states)


def _facts(isolation: str) -> dict[str, str]:
    return {
        "device": CUDA if Path("/dev/nvidia0").exists() else CPU,
        "python": platform.python_version(),
        "system": platform.system(),
        "isolation": isolation,
    }
