"""The runner: resolve a check's parameters by name, call it, catch, time. No pytest.

`run_check` is also what the pytest plugin calls, so both give the same outcomes.
"""

from __future__ import annotations

import hashlib
import inspect
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from autograder.assignment import Assignment
from autograder.checks.convert import kind_of
from autograder.checks.describe import describe
from autograder.checks.failure import CannotJudge, CheckFailed, Skipped
from autograder.checks.files import Files
from autograder.checks.patience import patience
from autograder.checks.question import Mark
from autograder.checks.shelf import Shelf
from autograder.report import CheckResult, Finding, Outcome, clean
from autograder.wall.exchange import Call, Exchange
from autograder.wall.failure import Interrupted, StudentFailure
from autograder.wall.process import LaunchError
from autograder.wall.proxy import Student

SPARE_SECONDS = 20.0
PARAMETERS = ("student", "rng", "files", "data", "budget", "reference", "public")


class GraderError(Exception):
    """A grader file that cannot be used: ours to mend, never the student's fault."""


@dataclass(frozen=True)
class Check:
    """One check function, ready to run. `source` is a digest of the file it came from."""

    function: Callable[..., Any]
    mark: Mark
    title: str
    hidden: bool
    parameters: tuple[str, ...]
    source: str

    @property
    def name(self) -> str:
        return self.function.__name__


@dataclass(frozen=True)
class Bench:
    """What one submission's checks run on: the student, the files, the seed, the data sets.

    Hidden checks may also ask for the `reference` solution and the `public` grader module.
    """

    assignment: Assignment
    exchange: Exchange
    files: Files
    digest: str
    reference: ModuleType | None = None
    public: ModuleType | None = None
    data: Shelf = field(default_factory=Shelf)

    def seed(self, check: Check) -> int:
        """Return the check's seed: the same for the same assignment, submission and grader."""
        parts = (self.assignment.name, self.digest, check.source, check.name)
        return int.from_bytes(hashlib.sha256("|".join(parts).encode()).digest()[:8], "big")


def load_checks(path: Path, *, hidden: bool, questions: tuple[str, ...]) -> tuple[Check, ...]:
    """Import a grader file and return its checks in the order they stand.

    Raises GraderError for a file that cannot be imported, a check without a question or a
    requirement sentence, or a parameter that no one provides.
    """
    module = load_module(path, f"grader_{path.parent.name}_{path.stem}")
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    found = [f for name, f in vars(module).items() if name.startswith("test_") and callable(f)]
    return tuple(check_of(f, hidden, digest, questions, path) for f in found)


def load_module(path: Path, name: str, *, beside: bool = False) -> ModuleType:
    """Import a trusted file under `name`, which is registered only while it is imported.

    With `beside`, it finds the files of its folder as modules: these too are then forgotten.
    """
    spec = spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise GraderError(f"{path.name} cannot be imported")
    module = module_from_spec(spec)
    sys.modules[name] = module  # dataclasses look their own module up
    try:
        with neighbours(path.parent) if beside else nullcontext():
            spec.loader.exec_module(module)
    except Exception as error:
        where = "/".join(path.parts[-3:])
        raise GraderError(f"{where}: {type(error).__name__}: {error}") from error
    finally:
        del sys.modules[name]
    return module


@contextmanager
def neighbours(folder: Path) -> Iterator[None]:
    """Let the files of `folder` be imported in the body; whoever had their names gets them back."""
    names = {path.stem for path in folder.glob("*.py")}
    others = {name: sys.modules.pop(name) for name in names & sys.modules.keys()}
    sys.path.insert(0, str(folder))
    try:
        yield
    finally:
        sys.path.remove(str(folder))
        for name in names:
            sys.modules.pop(name, None)
        sys.modules.update(others)


def check_of(
    function: Callable[..., Any], hidden: bool, digest: str, questions: tuple[str, ...], path: Path
) -> Check:
    """Return a function as a check; raises GraderError when it is not a proper one."""
    where = f"{path.parent.name}/{path.name}: {function.__name__}"
    mark = getattr(function, "__question__", None)
    if not isinstance(mark, Mark):
        raise GraderError(f"{where} has no @question")
    if mark.question not in questions:
        raise GraderError(f"{where}: the assignment has no question {mark.question!r}")
    title = (inspect.getdoc(function) or "").split("\n")[0].strip()
    if not title:
        raise GraderError(f"{where} has no docstring: it is the sentence a student reads")
    if getattr(function, "pytestmark", None):
        raise GraderError(f"{where}: pytest marks are not run by every runner; use a for loop")
    parameters = tuple(inspect.signature(function).parameters)
    if unknown := [p for p in parameters if p not in PARAMETERS]:
        raise GraderError(f"{where} asks for {unknown[0]!r}; there are {', '.join(PARAMETERS)}")
    if not hidden and (secret := {"reference", "public"}.intersection(parameters)):
        raise GraderError(f"{where}: only a hidden check may ask for {secret.pop()!r}")
    return Check(function, mark, title, hidden, parameters, digest)


def run_check(check: Check, bench: Bench) -> CheckResult:
    """Run one check and say how it ended; never raises for what the check does.

    Raises LaunchError when no worker has ever started here.
    """
    started, share = time.perf_counter(), 0.0
    try:
        bench.exchange.renew()
        # Calls of the student's code keep to their own limits; this one is for the check's.
        with patience(bench.exchange.left() + SPARE_SECONDS):
            check.function(**_arguments(check, bench))
        outcome, finding = Outcome.PASSED, None
    except (KeyboardInterrupt, SystemExit, GeneratorExit, Interrupted):
        raise
    except BaseException as error:
        if isinstance(error, LaunchError) and not bench.exchange.reached:
            raise
        outcome, finding = classify(error, bench.exchange)
        if isinstance(error, CheckFailed) and bench.exchange.broken is None:
            share = error.share
    return CheckResult(
        check.name,
        check.title,
        outcome,
        check.mark.weight,
        check.hidden,
        round(time.perf_counter() - started, 4),
        finding,
        share,
    )


def skip(check: Check, reason: str) -> CheckResult:
    """Return the result of a check that may not run here."""
    mark, finding = check.mark, Finding("isolation", reason)
    return CheckResult(
        check.name, check.title, Outcome.SKIPPED, mark.weight, check.hidden, finding=finding
    )


def _arguments(check: Check, bench: Bench) -> dict[str, Any]:
    provide: dict[str, Callable[[], Any]] = {
        "student": lambda: Student(bench.exchange),
        "rng": lambda: np.random.Generator(np.random.PCG64(bench.seed(check))),
        "files": lambda: bench.files,
        "data": lambda: bench.data,
        "budget": lambda: bench.assignment.training,
        "reference": lambda: bench.reference,
        "public": lambda: bench.public,
    }
    return {name: provide[name]() for name in check.parameters}


def classify(error: BaseException, exchange: Exchange) -> tuple[Outcome, Finding]:
    """Return whose failure an exception is, and what to say of it."""
    if exchange.broken is not None:
        error = exchange.broken
    if isinstance(error, Skipped):
        return Outcome.SKIPPED, Finding("skipped", clean(str(error)))
    if isinstance(error, CannotJudge):
        return Outcome.ERROR, Finding("judge", f"a person has to look: {clean(str(error))}")
    if isinstance(error, (CheckFailed, StudentFailure)):
        return Outcome.FAILED, evidence(error.finding, exchange)
    if type(error).__name__ == "ModelFailure":
        # Tensors cross when they are first needed, which may be in the middle of any check.
        hint = str(getattr(error, "hint", ""))
        return Outcome.FAILED, evidence(Finding("type", clean(str(error)), hint), exchange)
    if isinstance(error, AssertionError):
        said = clean(str(error).split("\n")[0], 500) or "the answer is not what was wanted"
        return Outcome.FAILED, evidence(Finding("value", said), exchange)
    if type(error).__name__.startswith("Flaky"):
        said = "the same input gave different answers"
        hint = "do not depend on a clock, on random numbers or on earlier calls"
        return Outcome.FAILED, evidence(Finding("value", said, hint), exchange)
    if misused := _misused(error, exchange):
        return Outcome.FAILED, evidence(misused, exchange)
    frame = error.__traceback__
    while frame is not None and frame.tb_next is not None:
        frame = frame.tb_next
    place = f" ({Path(frame.tb_frame.f_code.co_filename).name}:{frame.tb_lineno})" if frame else ""
    return Outcome.ERROR, Finding("error", f"{type(error).__name__}: {clean(str(error))}{place}")


def _misused(error: BaseException, exchange: Exchange) -> Finding | None:
    """Say what the student gave where a check needed a function or an object.

    A name that holds plain data crosses as that data, which then cannot be called.
    """
    name, value = exchange.answered
    seen = f"{name} is {kind_of(value)}"
    uncallable = f"{type(value).__name__}' object is not callable"
    called = isinstance(error, TypeError) and str(error).endswith(uncallable)
    if name and exchange.looked_up and called:
        return Finding("type", f"{seen}, a function was wanted", f"define {name} as a function")
    if name and isinstance(error, AttributeError) and error.obj is value:
        return Finding("type", f"{seen}, which has no {error.name}", f"give {name} as an object")
    return None


def evidence(finding: Finding, exchange: Exchange) -> Finding:
    """Add the last call, the student's place and what the code printed."""
    call = exchange.last
    added = replace(
        finding,
        message=clean(finding.message, 2000),
        got=clean(finding.got, 2000),
        want=clean(finding.want, 2000),
        output=clean(exchange.transport.output()),
    )
    if call is None:
        return added
    return replace(added, inputs=_call_text(call), where=added.where or call.where)


def _call_text(call: Call) -> str:
    parts = [describe(value) for value in call.args]
    parts += [f"{key}={describe(value)}" for key, value in call.kwargs.items()]
    return clean(f"{call.name}({', '.join(parts)})", 2000)
