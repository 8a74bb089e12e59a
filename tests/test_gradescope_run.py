"""Whole runs in a folder laid out as on the platform: what students do, and what breaks."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from autograder.gradescope import watch
from autograder.gradescope.run import OURS
from autograder.wall import quarters as housing
from autograder.wall import reaper

ROOT = Path(__file__).resolve().parents[1]
SCHEMA = Path(__file__).parent / "schema" / "results.schema.json"
RESULTS = Draft202012Validator(json.loads(SCHEMA.read_text("utf-8")))
NAME, MODULE = "bn_matrix", "bn.py"
MASTER = ROOT / "solutions" / NAME
SKELETON = ROOT / "assignments" / NAME / MODULE
pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux") or os.geteuid() != 0,
    reason="the platform's autograder runs as root on Linux",
)
EARLIER = {"submission_time": "2025-03-07T12:00:00-05:00", "score": 41, "autograder_error": False}
METADATA = {
    "id": 7,
    "created_at": "2025-03-08T12:00:00.123456-05:00",
    "assignment": {"due_date": "2025-03-08T23:59:00-05:00", "total_points": "100.0"},
    "users": [{"email": "one@example.org", "id": 3, "name": "One Student"}],
    "previous_submissions": [EARLIER],
}


@dataclass(frozen=True)
class Place:
    """The base folder of a run."""

    base: Path

    def hand_in(self, source: str) -> None:
        (self.base / "submission" / MODULE).write_text(source, encoding="utf-8")

    def tell(self, data: object) -> None:
        (self.base / "submission_metadata.json").write_text(json.dumps(data), encoding="utf-8")

    def start(self, **env: str) -> subprocess.Popen[str]:
        order = [sys.executable, "-I", "-m", "autograder.gradescope", str(self.base)]
        env = {"PATH": os.environ["PATH"], "SUBMISSION_URL": "secret-token", **env}
        return subprocess.Popen(order, env=env, stderr=subprocess.PIPE, text=True, cwd="/")

    def run(self, **env: str) -> tuple[dict[str, Any], str]:
        """Return the results, which are valid, and what was printed for the staff."""
        return self.end(self.start(**env))

    def end(self, process: subprocess.Popen[str]) -> tuple[dict[str, Any], str]:
        _, printed = process.communicate(timeout=120)
        assert process.returncode == 0, printed
        folder = self.base / "results"
        assert [p.name for p in folder.iterdir()] == ["results.json"]
        results = json.loads((folder / "results.json").read_text("utf-8"), parse_constant=int)
        RESULTS.validate(results)
        tests = results["tests"]
        assert len({t["number"] for t in tests}) == len(tests)
        assert sum(t.get("max_score", 0) for t in tests) <= 100 + 1e-9
        assert "One Student" not in json.dumps(results)
        assert "secret-token" not in json.dumps(results) + printed
        return results, printed


@pytest.fixture
def place(tmp_path: Path) -> Place:
    for side in ("assignments", "solutions"):
        away = shutil.ignore_patterns("wrong", "right", "__pycache__")
        shutil.copytree(ROOT / side / NAME, tmp_path / "source" / side / NAME, ignore=away)
    for name in ("submission", "results"):
        (tmp_path / name).mkdir()
    made = Place(tmp_path)
    made.tell(METADATA)
    return made


def told(results: dict[str, Any]) -> str:
    """Return every text that a student sees."""
    seen = [t["output"] for t in results["tests"] if t["visibility"] == "visible"]
    return "\n".join([results["output"], *seen])


def is_ours(results: dict[str, Any], score: float) -> bool:
    hidden = all(t["visibility"] != "visible" for t in results["tests"]) and results["tests"]
    return results["score"] == score and OURS in results["output"] and bool(hidden)


@pytest.mark.parametrize(
    ("paths", "low", "high"),
    [
        ([MASTER / MODULE], 100, 100),
        ([SKELETON], 0, 0),
        ([MASTER / MODULE, MASTER / "wrong" / "train_divides_by_variance.py"], 30, 99),
    ],
    ids=("reference", "skeleton", "wrong"),
)
def test_a_run_gives_what_the_work_earns(
    place: Place, paths: list[Path], low: int, high: int
) -> None:
    place.hand_in("\n".join(path.read_text("utf-8") for path in paths))
    results, printed = place.run()
    assert low <= results["score"] <= high
    assert results["score"] == pytest.approx(sum(t.get("score", 0) for t in results["tests"]))
    assert {t["visibility"] for t in results["tests"]} == {"visible", "hidden"}
    assert "hidden checks ran" in results["output"]
    made = results["extra_data"]["made"]
    assert len(made["digest"]) == 64
    assert made["toolkit"] and made["numpy"]
    assert "seccomp=ok" in results["extra_data"]["facts"]["isolation"]
    assert printed == ""


def test_a_missing_file_is_the_student_s_to_mend(place: Place) -> None:
    results, _ = place.run()
    assert results["score"] == 0
    assert MODULE in told(results)
    assert OURS not in results["output"]


def test_everything_but_root_is_kept_out(place: Place) -> None:
    place.hand_in("import sys\nsys.exit(0)\n")
    (place.base / "results").chmod(0o777)
    place.run()
    source = place.base / "source"
    assert all(p.lstat().st_mode & 0o077 == 0 for p in (source, *source.rglob("*")))
    assert (place.base / "results").stat().st_mode & 0o777 == 0o777  # as it was found


HOSTILE = {
    "exit": "import sys\nsys.exit(0)\n",
    "kill": "import os\nos.kill(os.getpid(), 9)\n",
    "loop": "while True: pass\n",
    "flood": "while True: print('x' * 9999)\n",
    "delete": (
        "import os, shutil\n"
        "for name in ('results', 'source', 'submission'):\n"
        "    shutil.rmtree('{base}/' + name, ignore_errors=True)\n"
        "open('{base}/results/results.json', 'w').write('{{\"score\": 100}}')\n"
    ),
    "environment": "import os\nraise RuntimeError(str(dict(os.environ)))\n",
}


SLOW = [pytest.param(kind, marks=pytest.mark.slow) for kind in ("loop", "flood")]


@pytest.mark.parametrize("kind", ["exit", "kill", "delete", "environment", *SLOW])
def test_a_hostile_submission_earns_nothing(place: Place, kind: str) -> None:
    place.hand_in(HOSTILE[kind].format(base=place.base))
    results, _ = place.run()
    assert results["score"] == 0
    assert len(results["tests"]) == 27
    assert OURS not in results["output"]
    assert (place.base / "submission" / MODULE).is_file()
    assert (place.base / "source" / "solutions" / NAME / MODULE).is_file()


DAEMON = """
import os, sys, time
for _ in range(20):
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            os.execv(sys.executable, [sys.executable, "-c", "import time; time.sleep(99) # {mark}"])
        os._exit(0)
time.sleep(3)
"""


def running(mark: str) -> list[int]:
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if mark.encode() in (folder / "cmdline").read_bytes():
                found.append(int(folder.name))
    return found


def await_(wanted: Callable[[], Any], seconds: float = 30.0) -> Any:
    until = time.monotonic() + seconds
    while not (found := wanted()):
        assert time.monotonic() < until, "it did not come"
        time.sleep(0.01)
    return found


def test_daemons_are_gone_before_the_results_are_there(place: Place) -> None:
    mark = f"daemon-of-{os.getpid()}-{time.monotonic_ns()}"
    place.hand_in(DAEMON.format(mark=mark))
    process = place.start()
    await_(lambda: running(mark))
    results, _ = place.end(process)
    assert running(mark) == []
    assert results["score"] == 0


def sleeper(uid: int) -> subprocess.Popen[bytes]:
    user = {"user": uid, "group": uid, "extra_groups": []}
    return subprocess.Popen(["sleep", "60"], start_new_session=True, **user)


def test_of_throw_away_users_only_those_that_nobody_holds_are_ended() -> None:
    held, lost = housing.draw(housing.users()), housing.draw(housing.users())
    lost.lock.close()
    ours, orphan = sleeper(held.uid), sleeper(lost.uid)
    try:
        watch.evict()
        assert orphan.wait(10) == -signal.SIGKILL
        assert ours.poll() is None
    finally:
        for process in (ours, orphan):
            process.kill()
            process.wait()
        held.lock.close()


def judge_of(process: subprocess.Popen[str]) -> int:
    """Return the process that grades once the student's code runs below it."""

    def look() -> int:
        parents = reaper.parents_of_all()
        below = set(reaper.below(process.pid, parents))
        graders = [pid for pid in below if b"gradescope.judge" in cmdline(pid)]
        busy = [pid for pid in below if b"worker.py" in cmdline(pid) and cpu(pid) > 50]
        return graders[0] if graders and busy else 0

    return int(await_(look))


def cmdline(pid: int) -> bytes:
    with suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    return b""


def cpu(pid: int) -> int:
    """Return the processor time that a process used, in hundredths of a second."""
    with suppress(OSError):
        return int(Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[11])
    return 0


@pytest.fixture
def looping(place: Place) -> Iterator[tuple[Place, subprocess.Popen[str]]]:
    place.hand_in("while True: pass\n")
    process = place.start()
    try:
        yield place, process
    finally:
        process.kill()
        process.wait()


def test_a_grader_that_is_killed_is_our_fault(
    looping: tuple[Place, subprocess.Popen[str]],
) -> None:
    place, process = looping
    judge = judge_of(process)
    early = json.loads((place.base / "results" / "results.json").read_text("utf-8"))
    RESULTS.validate(early)
    assert is_ours(early, 41)
    assert b"secret-token" not in Path(f"/proc/{judge}/environ").read_bytes()
    workers = set(reaper.below(judge, reaper.parents_of_all()))
    standing = {int(Path(f"/proc/{p}/oom_score_adj").read_text()) for p in workers}
    assert standing == {1000}
    assert Path(f"/proc/{judge}/oom_score_adj").read_text() == "0\n"
    os.kill(judge, signal.SIGKILL)
    results, printed = place.end(process)
    assert is_ours(results, 41)
    assert "was the memory enough?" in printed
    left = {p for p in workers if Path(f"/proc/{p}").exists()}
    assert not left


def test_a_run_ends_before_the_platform_ends_it(place: Place) -> None:
    place.hand_in("while True: pass\n")
    started = time.monotonic()
    results, printed = place.run(TIMEOUT_SECONDS="3")
    assert time.monotonic() - started < 30
    assert is_ours(results, 41)
    assert "set a longer time limit on the platform" in printed


BROKEN: dict[str, Callable[[Path], object]] = {
    "hidden checks raise": lambda s: (s / "solutions" / NAME / "test_hidden.py").write_text(
        "raise KeyError('secret-value')"
    ),
    "manifest": lambda s: (s / "assignments" / NAME / "assignment.toml").write_text("title = 3"),
    "no assignment": lambda s: shutil.rmtree(s / "assignments" / NAME),
    "two assignments": lambda s: shutil.copytree(
        s / "assignments" / NAME, s / "assignments" / "other"
    ),
    "no source": lambda s: shutil.rmtree(s),
}


@pytest.mark.parametrize("kind", BROKEN)
@pytest.mark.parametrize("earlier", [True, False])
def test_what_we_broke_costs_the_student_nothing(place: Place, kind: str, earlier: bool) -> None:
    if not earlier:
        place.tell({**METADATA, "previous_submissions": []})
    place.hand_in((MASTER / MODULE).read_text("utf-8"))
    BROKEN[kind](place.base / "source")
    results, printed = place.run()
    assert is_ours(results, 41 if earlier else 0)
    assert "for the staff: not graded" in printed
    assert "secret-value" not in json.dumps(results)
    assert ("secret-value" in printed) is (kind == "hidden checks raise")


def test_a_check_that_breaks_is_told_to_the_staff_alone(place: Place) -> None:
    hidden = place.base / "source" / "solutions" / NAME / "test_hidden.py"
    broken = """
@question("q1")
def test_that_breaks(student):
    \"\"\"a check that breaks\"\"\"
    raise KeyError("secret-value")
"""
    hidden.write_text(hidden.read_text("utf-8") + broken, encoding="utf-8")
    place.hand_in(SKELETON.read_text("utf-8"))
    results, printed = place.run()
    assert results["score"] == 41
    # The earlier score is kept; to say so would tell how a hidden check ended.
    assert "earlier score" not in results["output"]
    assert "for the staff: q1: a check that breaks: error" in printed
    assert "secret-value" in printed
    assert "secret-value" not in json.dumps(results)


def test_the_rules_of_the_course_are_kept(place: Place) -> None:
    manifest = place.base / "source" / "assignments" / NAME / "assignment.toml"
    rules = "[late]\nper_day = 10\n[attempts]\nwithin = 1\nhours = 1\n"
    manifest.write_text(manifest.read_text("utf-8") + rules, encoding="utf-8")
    place.hand_in((MASTER / MODULE).read_text("utf-8"))
    place.tell({**METADATA, "created_at": "2025-03-10T12:00:00-04:00"})
    late, _ = place.run()
    assert late["score"] == 80
    assert "2 days late: 20 % less." in late["output"]
    close = EARLIER | {"submission_time": "2025-03-08T11:30:00-05:00"}
    place.tell({**METADATA, "previous_submissions": [close]})
    refused, _ = place.run()
    assert refused["score"] == 41
    assert "the next from 2025-03-08 12:30 UTC-05:00 on" in refused["output"]
    assert [t["visibility"] for t in refused["tests"]] == ["hidden"]


def test_a_run_without_a_place_for_results_says_so(tmp_path: Path) -> None:
    (tmp_path / "results").write_text("in the way")
    place = Place(tmp_path)
    process = place.start()
    _, printed = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "results.json cannot be written" in printed
