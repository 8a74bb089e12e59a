"""Confinement: each layer alone, what is refused without it, and what is said then."""

from __future__ import annotations

import errno
import os
import platform
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_wall import LINUX, failing, gone

from autograder.assignment import Limits, load
from autograder.grading import grade
from autograder.report import Outcome
from autograder.submission import open_submission
from autograder.wall import isolation, quarters, reach, seccomp
from autograder.wall.confine import Quarters
from autograder.wall.exchange import Exchange
from autograder.wall.isolation import Isolation, IsolationError, missing, why
from autograder.wall.process import Order
from autograder.wall.proxy import Student
from autograder.wall.syscalls import NUMBERS
from autograder.wall.warm import Warm

COURSE = Path(__file__).parent / "samples" / "course"
ROOT = Path(__file__).resolve().parents[1]

# ---------------------------------------------------------------- the filter, instruction by one

ALLOW, KILL, ERRNO = 0x7FFF0000, 0x80000000, 0x00050000
ARCHITECTURES = sorted(seccomp.ARCHITECTURES)


def verdict(
    machine: str,
    number: int,
    *args: int,
    own: int | None = None,
    owner: bool = False,
    arch: int = 0,
) -> int:
    """Run the filter as the kernel would, on one call."""
    code, at, held = seccomp.program(machine, own, owner), 0, 0
    data = {0: number, 4: arch or seccomp.ARCHITECTURES[machine][0]}
    data |= {16 + 8 * index: arg & 0xFFFFFFFF for index, arg in enumerate((*args, 0, 0, 0, 0)[:6])}
    while True:
        operation, true, false, constant = code[at]
        at += 1
        if operation == 0x06:
            return constant
        if operation == 0x20:
            held = data[constant]
        elif operation == 0x54:
            held &= constant
        else:
            met = {0x15: held == constant, 0x35: held >= constant, 0x45: bool(held & constant)}
            at += true if met[operation] else false


def number(machine: str, name: str) -> int:
    found = NUMBERS[name][seccomp.ARCHITECTURES[machine][1]]
    assert found is not None
    return found


EPERM, ENOSYS = ERRNO | errno.EPERM, ERRNO | errno.ENOSYS
CALLS = [
    ("clone3", (0,), ENOSYS),
    ("clone", (0x01200011,), ALLOW),  # a fork
    ("clone", (0x003D0F00,), ALLOW),  # a thread
    ("clone", (0x10000000 | 0x11,), EPERM),  # a namespace of users
    ("clone", (0x40000000,), EPERM),
    ("clone", (0x8000 | 0x11,), EPERM),  # a sister instead of a child
    ("prctl", (15,), ALLOW),
    ("prctl", (36, 0), EPERM),
    ("fcntl", (0, 8), EPERM),
    ("socketpair", (1, 1), ALLOW),
    ("socketpair", (1, 1 | 0x80000), ALLOW),
    ("socketpair", (1, 2), EPERM),  # datagrams may be sent anywhere
    ("socketpair", (2, 1), EPERM),
    ("ioctl", (0, 0x5401), ALLOW),
    ("ioctl", (0, 0x5412), EPERM),
    ("ioctl", (0, 0x40086602), EPERM),
    ("fcntl", (0, 1), ALLOW),
    ("fcntl", (0, 1024), EPERM),
    ("prlimit64", (0,), ALLOW),
    ("prlimit64", (1234,), EPERM),
    ("sched_setaffinity", (0,), ALLOW),
    ("sched_setaffinity", (1,), EPERM),
    ("kill", (1,), ALLOW),
    ("mmap", (0, 4096, 3, 0x22), ALLOW),  # private memory
    ("mmap", (0, 4096, 3, 0x01), ALLOW),  # a file, shared
    ("mmap", (0, 4096, 3, 0x21), EPERM),  # memory that is shared, and that nobody counts
]


@pytest.mark.parametrize("machine", ARCHITECTURES)
def test_the_filter_refuses_what_it_names_and_nothing_else(machine: str) -> None:
    for name in seccomp.REFUSED:
        if NUMBERS[name][seccomp.ARCHITECTURES[machine][1]] is not None:
            assert verdict(machine, number(machine, name)) == EPERM, name
    for name, args, wanted in CALLS:
        assert verdict(machine, number(machine, name), *args) == wanted, (name, args)
    assert verdict(machine, 0, arch=0x40000003) == KILL  # another architecture's numbers
    if machine == "x86_64":
        assert verdict(machine, 0x40000000 + 1) == EPERM


@pytest.mark.parametrize("machine", ARCHITECTURES)
def test_without_another_layer_only_ones_own_process_is_signalled(machine: str) -> None:
    for name in seccomp.SIGNALS:
        assert verdict(machine, number(machine, name), 77, own=77) == ALLOW
        assert verdict(machine, number(machine, name), 78, own=77) == EPERM
        assert verdict(machine, number(machine, name), -1, own=77) == EPERM


@pytest.mark.parametrize("machine", ARCHITECTURES)
def test_an_owner_of_other_files_changes_none_of_their_rights(machine: str) -> None:
    for name in seccomp.METADATA:
        known = NUMBERS[name][seccomp.ARCHITECTURES[machine][1]]
        if known is not None:
            assert verdict(machine, known, owner=True) == ERRNO, name
            assert verdict(machine, known) == ALLOW, name


@given(st.integers(0, 600), st.sampled_from(ARCHITECTURES))
def test_other_calls_are_allowed_whatever_their_arguments(call: int, machine: str) -> None:
    named = {pair[seccomp.ARCHITECTURES[machine][1]] for pair in NUMBERS.values()}
    if call not in named:
        assert verdict(machine, call, 1, 2, 3) == ALLOW


HEADERS = {
    0: ("/usr/include/x86_64-linux-gnu/asm/unistd_64.h", r"#define __NR_(\w+)\s+(\d+)"),
    1: ("/usr/include/asm-generic/unistd.h", r"#define __NR(?:3264)?_(\w+)\s+(\d+)"),
}


@pytest.mark.parametrize("column", HEADERS)
def test_the_numbers_are_those_of_the_system(column: int) -> None:
    path, pattern = HEADERS[column]
    if not Path(path).exists():
        pytest.skip(f"{path} is not installed")
    known = {name: int(value) for name, value in re.findall(pattern, Path(path).read_text())}
    for name, pair in NUMBERS.items():
        if name in known or pair[column] is None:  # older headers know fewer
            assert pair[column] == known.get(name), name


# ---------------------------------------------------------------- landlock

RESTRICT = """
import os, sys
from autograder.wall import landlock
from autograder.wall.system import NO_NEW_PRIVS, prctl
real = landlock.version()
landlock.version = lambda: min(real, int(sys.argv[1]))
prctl(NO_NEW_PRIVS, 1)
print(landlock.restrict([(sys.argv[2], landlock.KEEP), ("/nowhere", landlock.READ)]))
open(sys.argv[2] + "/new", "w").write("x")
os.replace(sys.argv[2] + "/new", sys.argv[2] + "/newer")
beside = sys.argv[2] + "/../beside"
for act in (lambda: os.listdir("/"), lambda: open("/etc/passwd"), lambda: open(beside, "w")):
    try:
        act()
        print("reached")
    except PermissionError:
        print("refused")
"""


@LINUX
@pytest.mark.parametrize("version", range(1, 8))
def test_every_version_of_landlock_encloses(version: int, tmp_path: Path) -> None:
    own = tmp_path / "own"
    own.mkdir()
    command = [sys.executable, "-c", RESTRICT, str(version), str(own)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    if "Function not implemented" in done.stderr or "not supported" in done.stderr:
        pytest.skip("this kernel has no Landlock")
    assert done.returncode == 0, done.stderr
    assert done.stdout.split()[1:] == ["refused"] * 3
    assert (own / "newer").exists() and not (tmp_path / "beside").exists()


def test_what_stays_in_reach_is_no_place_of_a_course(tmp_path: Path) -> None:
    own = Quarters(str(tmp_path / "work"), str(tmp_path / "scratch"), None, "")
    places = [Path(path).resolve() for path, _ in reach.rules(own) if Path(path).exists()]
    secrets = [ROOT / "solutions", ROOT / "assignments", ROOT / "tests", ROOT / "grade.py"]
    secrets += [Path("/etc/shadow"), Path("/proc/1"), Path.home() / ".netrc", Path.home() / ".ssh"]
    for secret in secrets:
        above = [place for place in places if place == secret or place in secret.parents]
        assert not above, f"{above} lets {secret} be read"


# ---------------------------------------------------------------- what is said, and when


OK = {"process": "ok", "kill": "ok", "landlock": "ok (version 7)", "seccomp": "ok", "uid": "ok"}
LACKING: list[tuple[dict[str, str], tuple[str, ...]]] = [
    (OK, ()),
    (OK | {"uid": "unavailable (needs root)"}, ()),
    (OK | {"landlock": "unavailable (Function not implemented)"}, ()),
    (OK | {"uid": "partly (files by Landlock)", "landlock": "unavailable"}, ("files",)),
    (OK | {"uid": "unavailable", "landlock": "unavailable"}, ("files",)),
    (OK | {"seccomp": "unavailable (Invalid argument)"}, ("network",)),
    (OK | {"kill": "partly (by process group)"}, ("kill",)),
    ({"process": "inline"}, ("process", "files", "network", "kill")),
    ({}, ("process", "files", "network", "kill")),
]


@pytest.mark.parametrize(("layers", "wanted"), LACKING)
def test_what_is_missing_is_named(layers: dict[str, str], wanted: tuple[str, ...]) -> None:
    assert missing(layers) == wanted
    assert bool(why(layers)) == bool(wanted)
    if "files" in wanted:
        assert isolation.NOT_SEPARATE in why(layers)


@pytest.fixture(scope="module")
def warm() -> Iterator[Warm]:
    with Warm.start() as started:
        yield started


def weak(warm: Warm) -> Callable[[Order], Any]:
    """Start workers as a machine does that has no layers to offer."""
    return lambda order: warm.spawn(replace(order, isolation="off"))


@pytest.fixture
def small(tmp_path: Path) -> tuple[Any, Any, Path]:
    assignment, trace = load("small", COURSE), tmp_path / "trace"
    text = (COURSE / "solutions" / "small" / "small.py").read_text()
    (tmp_path / "small.py").write_text(f"{text}\nopen({str(trace)!r}, 'w').write('was here')\n")
    return assignment, open_submission(tmp_path / "small.py", assignment, tmp_path / "in"), trace


def test_where_a_layer_is_required_and_missing_nothing_is_run(
    small: tuple[Any, Any, Path], warm: Warm
) -> None:
    assignment, submission, trace = small
    report = grade(assignment, submission, spawn=weak(warm), isolation=Isolation.REQUIRED)
    assert report.outcome is Outcome.ERROR and report.earned == 0
    said = [check.finding.message for check in report.checks if check.finding]
    assert len(said) == 3 and all(isolation.NOT_SEPARATE in text for text in said)
    assert not trace.exists(), "the student's file was imported"


def test_where_a_layer_is_missing_hidden_checks_are_refused_unless_asked_for(
    small: tuple[Any, Any, Path], warm: Warm
) -> None:
    assignment, submission, _ = small
    report = grade(assignment, submission, spawn=weak(warm))
    kinds = {check.outcome for check in report.checks if check.hidden}
    assert kinds == {Outcome.SKIPPED} and 0 < report.earned < 100
    reasons = {c.finding.message for c in report.checks if c.hidden and c.finding}
    assert reasons == {isolation.REFUSED}
    assert grade(assignment, submission, spawn=weak(warm), anyway=True).earned == 100


@LINUX
def test_another_user_alone_is_not_enough_where_everybody_may_read_the_hidden_checks(
    small: tuple[Any, Any, Path], warm: Warm, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assignment, submission, _ = small
    solution = tmp_path / "solution"
    shutil.copytree(assignment.solution, solution)
    assignment = replace(assignment, solution=solution)
    layers = OK | {"landlock": "unavailable (Function not implemented)"}
    monkeypatch.setattr(Exchange, "confine", lambda self: layers)
    for mode, wanted in ((0o644, {Outcome.SKIPPED}), (0o640, {Outcome.PASSED})):
        (solution / "test_hidden.py").chmod(mode)
        report = grade(assignment, submission, spawn=weak(warm))
        assert {c.outcome for c in report.checks if c.hidden} == wanted


@LINUX
def test_with_the_layers_all_is_graded_and_the_report_says_how(
    small: tuple[Any, Any, Path], warm: Warm
) -> None:
    assignment, submission, trace = small
    trace.parent.joinpath("small.py").write_text("")
    clean = submission.module.read_text().split("\nopen(")[0]
    submission.module.write_text(clean)
    report = grade(assignment, submission, spawn=warm.spawn, isolation=Isolation.REQUIRED)
    if report.outcome is Outcome.ERROR:
        pytest.skip(f"this machine lacks a layer: {report.checks[0].finding}")
    assert report.earned == 100
    for layer in ("process", "kill", "rlimits", "uid", "landlock", "seccomp"):
        assert f"{layer}=" in report.facts["isolation"]


def test_a_worker_that_was_refused_says_so_to_every_call(warm: Warm, tmp_path: Path) -> None:
    (tmp_path / "work.py").write_text("def f(): return 1\n")
    required = Isolation.REQUIRED
    exchange = Exchange(tmp_path / "work.py", Limits(), spawn=weak(warm), isolation=required)
    try:
        for _ in range(2):
            with pytest.raises(IsolationError):
                Student(exchange).f()
    finally:
        exchange.close()


# ---------------------------------------------------------------- what a worker may hold

HOGS = {
    "memory of several processes": (
        "import os\ndef f():\n    for _ in range(6):\n        if os.fork() == 0:\n"
        "            held = b'x' * 2**26\n            time.sleep(30)\n            os._exit(0)\n"
        "    time.sleep(30)\n",
        "memory",
    ),
    "bytes": (
        "import os\ndef f():\n    for n in range(9):\n        with open(str(n), 'wb') as file:\n"
        "            os.posix_fallocate(file.fileno(), 0, 2**25)\n    time.sleep(30)\n",
        "MB",
    ),
    "bytes without a name": (
        "import os\nheld = []\ndef f():\n    for n in range(9):\n"
        "        held.append(open('a', 'wb'))\n"
        "        os.posix_fallocate(held[-1].fileno(), 0, 2**25)\n        os.unlink('a')\n"
        "    time.sleep(30)\n",
        "MB",
    ),
    "files": (
        "def f():\n    for n in range(30000): open(str(n), 'w').close()\n    time.sleep(30)\n",
        "files",
    ),
}


@LINUX
@pytest.mark.parametrize("kind", HOGS)
def test_a_worker_that_holds_too_much_is_killed_with_the_reason(
    kind: str, warm: Warm, tmp_path: Path
) -> None:
    status = Path("/proc/self/status").read_text()
    held = int(re.search(r"CapEff:\s*(\w+)", status)[1], 16)  # type: ignore[index]
    if kind == "bytes without a name" and os.geteuid() == 0 and not held >> 19 & 1:
        pytest.skip("root without CAP_SYS_PTRACE does not see what others have open")
    source, word = HOGS[kind]
    (tmp_path / "work.py").write_text("import time\n" + source)
    limits = Limits(call_seconds=60.0, run_seconds=90.0, memory_mb=256)
    exchange = Exchange(tmp_path / "work.py", limits, spawn=warm.spawn)
    try:
        found = failing(Student(exchange).f)
        assert found.kind == "died" and word in found.message and "more than" in found.message
        scratch = exchange.transport.process  # type: ignore[attr-defined]
        assert gone(scratch.pid)
    finally:
        exchange.close()


# ---------------------------------------------------------------- users

ROOT_ONLY = pytest.mark.skipif(
    platform.system() != "Linux" or os.geteuid() != 0, reason="needs root on Linux"
)


@ROOT_ONLY
def test_users_are_drawn_once_at_a_time() -> None:
    held = [quarters.draw(frozenset()) for _ in range(40)]
    try:
        users = {one.uid for one in held}
        assert len(users) == 40 and all(60_000 <= uid < 61_184 for uid in users)
        # The one whose release we control: any other may be held by a worker of this machine.
        last = held.pop()
        others = frozenset(range(60_000, 61_184)) - {last.uid}
        with pytest.raises(OSError, match="no free user"):
            quarters.draw(others)
        last.lock.close()
        held.append(quarters.draw(others))
        assert held[-1].uid == last.uid
    finally:
        for one in held:
            one.lock.close()


@ROOT_ONLY
def test_a_hand_in_that_no_other_user_can_reach_is_still_run_without_rights(
    warm: Warm, tmp_path: Path
) -> None:
    tmp_path.chmod(0o700)
    (tmp_path / "in").mkdir()
    source = "import os\ndef f(): return os.getresuid(), os.getgroups()\n"
    source += "def g(): os.setresuid(0, 0, 0)\n"
    (tmp_path / "in" / "work.py").write_text(source)
    exchange = Exchange(tmp_path / "in" / "work.py", Limits(), spawn=warm.spawn)
    try:
        real, effective, _ = Student(exchange).f()[0]
        assert exchange.transport.layers["uid"].startswith("partly")
        assert real >= 60_000 and effective == 0 and Student(exchange).f()[1] == []
        assert failing(Student(exchange).g).exception == "PermissionError"
    finally:
        exchange.close()


def test_a_file_is_open_to_all_only_where_every_folder_above_is(tmp_path: Path) -> None:
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)
    (inner / "file").write_text("")
    tmp_path.chmod(0o700)
    assert not quarters.open_to_all(inner / "file")
    assert quarters.open_to_all(Path("/usr/bin/env"))
    (inner / "file").chmod(0o600)
    assert not quarters.open_to_all(inner / "file")


@LINUX
def test_what_a_killed_supervisor_left_is_taken_away_by_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quarters.tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(quarters, "STALE_SECONDS", -1.0)
    left, held = tmp_path / "graded-left", tmp_path / "graded-held"
    for folder in (left, held, tmp_path / "others"):
        folder.mkdir()
    (left / "scratch").write_text("x")
    lock = quarters._lock(str(held))
    own = Path(quarters.settle())
    os.close(lock)
    assert own.parent == tmp_path and oct(own.stat().st_mode)[-3:] == "711"
    assert held.exists() and (tmp_path / "others").exists() and not left.exists()
