"""What carries out gradings gives the answers of `grade`, whatever is killed meanwhile."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from test_wall import LINUX

from autograder.assignment import AssignmentError, load
from autograder.classroom.carry import Seat, packages
from autograder.classroom.executor import LOST_LIMIT, Done, Executor, Job, Task
from autograder.classroom.pool import Pool
from autograder.cohort import Status, status_of
from autograder.grading import grade
from autograder.report import Outcome, Report
from autograder.submission import open_submission
from autograder.wall.process import LaunchError

SAMPLES = Path(__file__).parent / "samples" / "course"
ISOLATION = "best-effort"
RIGHT = (SAMPLES / "solutions/small/small.py").read_text()
WORKS = {
    "right": RIGHT,
    "skeleton": (SAMPLES / "assignments/small/small.py").read_text(),
    "wrong": RIGHT.replace("axis=0", "axis=1").replace("* channels", "* width"),
    "hangs": RIGHT.replace("return np.mean(x, axis=0)", "while True: pass"),
    "ends": RIGHT.replace("return np.mean(x, axis=0)", "import os; os._exit(0)"),
    "broken": "def means(x:\n",
}
SLOW = RIGHT.replace("return np.mean(x, axis=0)", "import time; time.sleep(0.1); return x.mean(0)")


def make_course(root: Path) -> Path:
    shutil.copytree(SAMPLES, root, ignore=shutil.ignore_patterns("__pycache__"))
    return root


def notebook(*sources: str) -> str:
    cells = [
        {"cell_type": "code", "source": s, "metadata": {}, "outputs": [], "execution_count": None}
        for s in sources
    ]
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 4})


@dataclass
class Class:
    """Submissions to the small assignment of a course below `folder`."""

    root: Path
    folder: Path
    jobs: dict[str, Job] = field(default_factory=dict)

    def task(self, isolation: str = ISOLATION) -> Task:
        return Task(self.root, "small", isolation)

    def add(self, name: str, source: str) -> Job:
        """Hand something in, and open it."""
        handed = self.folder / f"{name}{'.ipynb' if source.startswith('{') else '.py'}"
        handed.write_text(source)
        opened = open_submission(handed, load("small", self.root), self.folder / "opened" / name)
        self.jobs[name] = Job(f"key-of-{name}", opened)
        return self.jobs[name]


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Class:
    """The small assignment and one submission of each kind."""
    folder = tmp_path_factory.mktemp("class")
    pupils = Class(make_course(folder / "course"), folder)
    for name, source in WORKS.items():
        pupils.add(name, source)
    pupils.add("notebook", notebook("import numpy as np", RIGHT))
    return pupils


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """A cluster of two workers on this machine."""
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, host="127.0.0.1", dashboard_address=":0"
    ) as cluster:
        yield cluster.scheduler_address


Open = Callable[[Task], Executor]


@pytest.fixture(params=["pool", "cluster"])
def opened(request: pytest.FixtureRequest) -> Iterator[Open]:
    """Open an executor of either kind; it is closed at the end."""
    executors: list[Executor] = []

    def begin(task: Task) -> Executor:
        if request.param == "pool":
            executors.append(Pool(task, 2))
        else:
            from autograder.classroom.cluster import Cluster

            executors.append(Cluster(task, request.getfixturevalue("address")))
        return executors[-1]

    yield begin
    for executor in executors:
        executor.close()


def timeless(report: dict[str, Any]) -> Report:
    """Return a report without what differs from run to run."""
    plain = json.loads(json.dumps(report))
    plain["seconds"] = 0
    for question in plain["questions"]:
        for check in question["checks"]:
            check["seconds"] = 0
    return Report.from_dict(plain)


def answers(done: Iterable[Done]) -> dict[str, Report]:
    return {one.key: timeless(one.report) for one in done}


def one_by_one(course: Class) -> dict[str, Report]:
    small = load("small", course.root)
    reports = {job.key: grade(small, job.submission) for job in course.jobs.values()}
    return {key: timeless(report.to_dict()) for key, report in reports.items()}


def family(pid: int) -> set[int]:
    """Return all living processes below `pid`."""
    parents: dict[int, int] = {}
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            state, parent = Path(f"/proc/{name}/stat").read_text().rsplit(")", 1)[1].split()[:2]
        except OSError:
            continue
        if state != "Z":
            parents[int(name)] = int(parent)
    found: set[int] = set()
    while more := {p for p, parent in parents.items() if parent in found | {pid}} - found:
        found |= more
    return found


def wait_until(holds: Callable[[], bool], seconds: float = 60.0) -> bool:
    end = time.monotonic() + seconds
    while not holds() and time.monotonic() < end:
        time.sleep(0.02)
    return holds()


def living(pids: Iterable[int]) -> list[int]:
    """Return those of the processes that are there still, and no zombies."""
    found = []
    for pid in pids:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
        except OSError:
            continue
        found += [pid] if state != "Z" else []
    return found


def command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text()
    except OSError:
        return ""


# ---------------------------------------------------------------- both


@pytest.fixture(scope="module")
def graded(course: Class) -> dict[str, Report]:
    return one_by_one(course)


def test_the_answers_are_those_of_grade(
    opened: Open, course: Class, graded: dict[str, Report]
) -> None:
    done = list(opened(course.task()).run(course.jobs.values()))
    assert sorted(d.key for d in done) == sorted(job.key for job in course.jobs.values())
    assert answers(done) == graded
    earned = {d.key.removeprefix("key-of-"): d.report["earned"] for d in done}
    assert earned["right"] == earned["notebook"] == 100 and earned["skeleton"] == 0
    assert 0 < earned["hangs"] < 100 and 0 < earned["ends"] < 100 and earned["wrong"] < 100


def test_an_executor_can_be_used_again_and_may_have_nothing_to_do(
    opened: Open, course: Class
) -> None:
    executor = opened(course.task())
    assert list(executor.run([])) == []
    job = course.jobs["right"]
    assert [[d.key for d in executor.run([job])] for _ in range(2)] == [[job.key]] * 2


def test_a_job_that_comes_again_is_answered_again(opened: Open, course: Class) -> None:
    names = ["right", "wrong", "right", "right", "wrong"]
    done = list(opened(course.task()).run(course.jobs[name] for name in names))
    assert sorted(d.key for d in done) == sorted(f"key-of-{name}" for name in names)
    assert all(d.report["earned"] == 100 for d in done if d.key == "key-of-right")


def test_jobs_are_taken_as_they_are_needed(opened: Open, course: Class) -> None:
    taken: list[str] = []

    def endless() -> Iterator[Job]:
        for number in range(10_000):
            job = Job(f"number-{number}", course.jobs["broken"].submission)
            taken.append(job.key)
            yield job

    run = opened(course.task()).run(endless())
    for count in range(1, 4):
        assert next(run).key in taken
        assert len(taken) <= count + 2 * 3
    run.close()  # type: ignore[attr-defined]


def sabotage(root: Path, check: str) -> Class:
    """Return a class of one right answer whose hidden grader holds one check more."""
    pupils = Class(make_course(root / "course"), root)
    file = pupils.root / "solutions/small/test_hidden.py"
    more = '\n\n@question("q1")\ndef test_more(student):\n    """the grader is sound"""\n'
    file.write_text(f"{file.read_text()}{more}    {check}\n")
    pupils.add("right", RIGHT)
    return pupils


def test_a_job_that_kills_its_grader_is_left_to_a_person(opened: Open, tmp_path: Path) -> None:
    log = tmp_path / "log"
    check = f"import os; open({str(log)!r}, 'a').write('.'); os.kill(os.getpid(), 9)"
    pupils = sabotage(tmp_path, check)
    (done,) = opened(pupils.task()).run([pupils.jobs["right"]])
    report = Report.from_dict(done.report)
    assert report.outcome is Outcome.ERROR and report.checks[0].name == "error"
    status, reason = status_of(report)
    assert status is Status.FAULT and f"killed {LOST_LIMIT} times" in reason
    assert log.read_text() == "." * LOST_LIMIT


def test_a_grader_that_breaks_costs_its_check_only(opened: Open, tmp_path: Path) -> None:
    pupils = sabotage(tmp_path, "raise OSError('the disk is full')")
    (done,) = opened(pupils.task()).run([pupils.jobs["right"]])
    report = Report.from_dict(done.report)
    assert report.outcome is Outcome.ERROR
    assert [c.name for c in report.checks if c.outcome is Outcome.ERROR] == ["test_more"]


def test_a_grader_that_cannot_be_loaded_is_no_zero(opened: Open, tmp_path: Path) -> None:
    pupils = sabotage(tmp_path, "return\nimport no_such_module")
    (done,) = opened(pupils.task()).run([pupils.jobs["right"]])
    status, reason = status_of(Report.from_dict(done.report))
    assert status is Status.FAULT and "no_such_module" in reason


def test_work_that_went_away_is_no_zero(opened: Open, course: Class, tmp_path: Path) -> None:
    pupils = Class(course.root, tmp_path)
    job = pupils.add("gone", RIGHT)
    shutil.rmtree(job.submission.folder)
    done = {d.key: d for d in opened(course.task()).run([job, course.jobs["right"]])}
    assert done["key-of-right"].report["earned"] == 100
    status, reason = status_of(Report.from_dict(done[job.key].report))
    assert status is Status.FAULT and "small.py" in reason and "went away" in reason


@LINUX
def test_close_in_the_middle_of_a_job_leaves_nothing(opened: Open, tmp_path: Path) -> None:
    pupils = Class(make_course(tmp_path / "course"), tmp_path)
    manifest = pupils.root / "assignments/small/assignment.toml"
    text = manifest.read_text().replace("call_seconds = 0.5", "call_seconds = 50")
    manifest.write_text(text.replace("run_seconds = 20", "run_seconds = 60"))
    jobs = [pupils.add(f"hangs{n}", WORKS["hangs"] + f"# {n}\n") for n in range(2)]
    before = family(os.getpid())
    executor = opened(pupils.task())
    run = executor.run([pupils.add("ready", RIGHT), *jobs])
    next(run)
    assert wait_until(lambda: len(family(os.getpid()) - before) >= 3)
    begun = {p for p in family(os.getpid()) - before if "resource_tracker" not in command(p)}
    started = time.monotonic()
    executor.close()
    took = time.monotonic() - started
    assert wait_until(lambda: not living(begun), 15), living(begun)
    assert took < 15


# ---------------------------------------------------------------- the pool


@LINUX
def test_a_killed_child_costs_its_own_job_only(course: Class, tmp_path: Path) -> None:
    pupils = Class(course.root, tmp_path)
    jobs = [pupils.add(f"slow{number}", f"{SLOW}# {number}\n") for number in range(3)]
    with Pool(pupils.task(), 2) as pool:
        run = pool.run(jobs)
        done = [next(run)]
        for victim in list(pool.children):
            os.kill(victim.process.pid or 0, signal.SIGKILL)
        done += run
    assert sorted(d.key for d in done) == sorted(job.key for job in jobs)
    assert answers(done) == one_by_one(pupils)


@LINUX
def test_a_killed_nursery_costs_nothing(course: Class, tmp_path: Path) -> None:
    pupils = Class(course.root, tmp_path)
    with Seat(pupils.task()) as seat:
        assert seat.carry_out(pupils.add("first", RIGHT)).report["earned"] == 100
        assert seat.warm.process is not None
        seat.warm.process.popen.kill()
        assert seat.carry_out(pupils.add("second", SLOW)).report["earned"] == 100
        assert answers([seat.carry_out(pupils.add("third", WORKS["wrong"]))])


PARENT = """
import sys
from pathlib import Path
from autograder.assignment import load
from autograder.classroom.executor import Job, Task
from autograder.classroom.pool import Pool
from autograder.submission import open_submission

if __name__ == "__main__":
    root, folder = map(Path, sys.argv[1:3])
    opened = open_submission(folder / "hangs.py", load("small", root), folder / "work")
    with Pool(Task(root, "small", "best-effort"), 2) as pool:
        for done in pool.run(Job(f"number-{n}", opened) for n in range(100)):
            print(done.report["earned"], flush=True)
"""


@pytest.fixture
def parent(course: Class, tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """A process that grades work that hangs, without an end, in a session of its own."""
    (tmp_path / "hangs.py").write_text(WORKS["hangs"])
    (tmp_path / "parent.py").write_text(PARENT)
    command = [sys.executable, str(tmp_path / "parent.py"), str(course.root), str(tmp_path)]
    started = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        cwd=Path(__file__).parents[1],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])},
    )
    yield started
    started.kill()
    started.communicate()


@LINUX
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
def test_nothing_is_left_of_a_pool_whose_process_is_gone(
    parent: subprocess.Popen[str], number: signal.Signals
) -> None:
    assert parent.stdout is not None
    assert parent.stdout.readline()  # the first answer: both children are at work
    begun = family(parent.pid)
    assert len(begun) >= 3
    if number is signal.SIGINT:
        os.killpg(parent.pid, number)  # as a terminal does
    else:
        parent.send_signal(number)
    assert wait_until(lambda: not living({parent.pid, *begun}), 30), living(begun)
    said = parent.communicate()[1]
    assert said.count("KeyboardInterrupt") == (number is signal.SIGINT), said


# ---------------------------------------------------------------- the seat


def test_a_task_that_is_not_there_is_said_at_once(tmp_path: Path) -> None:
    with pytest.raises(AssignmentError, match="no assignment called 'nothing'"):
        Pool(Task(tmp_path, "nothing", ISOLATION))


def test_a_machine_that_cannot_start_workers_is_said(
    course: Class, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("autograder.wall.launch.START_SECONDS", 0.0)
    with pytest.raises(LaunchError):
        Seat(course.task())


def test_a_child_that_cannot_begin_ends_the_run(course: Class) -> None:
    with Pool(course.task("no such isolation"), 2) as pool, pytest.raises(LaunchError):
        list(pool.run(course.jobs.values()))


@pytest.mark.parametrize(
    ("light", "source", "secret", "wanted"),
    [
        (True, "import numpy\n", "", []),
        (True, "import sympy as sp\n", "", ["sympy"]),
        (True, "import numpy\n", "from sympy import symbols\n", ["sympy"]),
        (False, "import torch\n", "", ["torch"]),
        (False, "    import sympy\n", "import sympyx\n", ["torch"]),
    ],
)
def test_the_packages_are_known_without_the_solutions_too(
    course: Class, tmp_path: Path, light: bool, source: str, secret: str, wanted: list[str]
) -> None:
    for folder, text in (("public", source), ("secret", secret)):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "small.py").write_text(text)
    small = replace(
        load("small", course.root),
        light=light,
        folder=tmp_path / "public",
        solution=tmp_path / "secret" if secret else None,
    )
    assert list(packages(small)) == wanted


def memory_kb() -> int:
    text = Path("/proc/self/status").read_text()
    return next(int(line.split()[1]) for line in text.splitlines() if line.startswith("VmRSS"))


@LINUX
@pytest.mark.slow
def test_memory_does_not_grow_with_the_class(course: Class, tmp_path: Path) -> None:
    pupils = Class(course.root, tmp_path)
    seen = []
    with Seat(pupils.task()) as seat:
        for number in range(150):
            seat.carry_out(pupils.add(f"right{number}", f"{RIGHT}# {number}\n"))
            seen.append(memory_kb())
    assert seen[149] - seen[29] < 6_000, seen[9::20]
