"""The process that grades: started by `run`, which ends it when it takes too long.

`python -m autograder.gradescope.judge SOURCE NAME INTO SUBMISSION` writes what it found as one
JSON object to its standard output, and nothing else: prints of a grader go to standard error.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autograder.wall.system import DEATH_SIGNAL, prctl

if TYPE_CHECKING:
    from autograder.wall.process import Order, Process

FIRST_TO_GO = 1000
VERSIONS = ("numpy", "sympy", "torch")


def main(arguments: list[str]) -> None:
    source, name, into, path = arguments
    # Whatever ends the run ends the grading too.
    prctl(DEATH_SIGNAL, signal.SIGKILL)
    out = os.dup(1)
    os.dup2(2, 1)
    found = json.dumps(judge(Path(source), name, Path(into), Path(path))).encode()
    with os.fdopen(out, "wb") as stream:
        stream.write(found)
    os._exit(0)  # unloading torch takes 0.4 s


def judge(source: Path, name: str, into: Path, path: Path) -> dict[str, Any]:
    """Return the report on the submission at `path`, and what it was made with.

    Whatever is raised here is no student's fault.
    """
    from autograder import __version__
    from autograder.assignment import load
    from autograder.submission import SubmissionError, open_submission
    from autograder.wall.process import Order

    assignment = load(name, source)
    made = {"toolkit": __version__, **{name: _version(name) for name in VERSIONS}}
    try:
        work = open_submission(path, assignment, into)
    except SubmissionError as error:
        from autograder.grading import ungradable

        report = ungradable(assignment, "missing", str(error))
        return {"report": report.to_dict(), "made": made}
    limits = assignment.limits
    # The worker starts first: it warms up while the graders are imported here.
    process = expendable(Order(work.module, limits.memory_mb, limits.run_seconds, "required"))

    from autograder.grading import grade
    from autograder.wall.isolation import Isolation

    data = source / "data"
    report = grade(
        assignment,
        work,
        process=process,
        spawn=expendable,
        data=data if data.is_dir() else None,
        isolation=Isolation.REQUIRED,
    )
    # Every check's random numbers follow from the digest of the submission.
    return {"report": report.to_dict(), "made": made | {"digest": work.digest}}


def expendable(order: Order) -> Process:
    """Start a worker that the system kills first where memory runs out. Raises LaunchError.

    What a process starts inherits its standing; raised by itself, it may be lowered again.
    """
    from autograder.wall.warm import spawn

    _stand(FIRST_TO_GO)
    try:
        return spawn(order)
    finally:
        _stand(0)


def _stand(score: int) -> None:
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text(str(score))


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"


if __name__ == "__main__":
    main(sys.argv[1:])
