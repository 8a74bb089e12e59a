"""Workers forked from a warm process behave as those that start cold, and leave as little."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from test_wall import DEATHS, LINUX, alive, failing, gone

from autograder.assignment import Assignment, Limits
from autograder.grading import packages
from autograder.wall import warm as module
from autograder.wall.exchange import Exchange
from autograder.wall.isolation import Isolation
from autograder.wall.launch import Worker
from autograder.wall.process import LaunchError, Order, Started
from autograder.wall.proxy import Student
from autograder.wall.warm import Forked, Warm, spawn

Open = Callable[..., Exchange]


@pytest.fixture(scope="module")
def warm() -> Iterator[Warm]:
    with Warm.start() as started:
        yield started


@pytest.fixture
def opened(tmp_path: Path, warm: Warm) -> Iterator[Open]:
    """Open a worker on the given source, in reach of all files: these tests look at processes.

    It is forked from `by`, or has a supervisor of its own where `by` is `spawn`.
    """
    all_opened: list[Exchange] = []

    def begin(source: str, by: Any = warm, torch: bool = False, **limits: Any) -> Exchange:
        folder = tmp_path / "work"  # one folder for all, so that a cold worker sees the same
        folder.mkdir(exist_ok=True)
        file = folder / f"work{len(all_opened)}.py"
        file.write_text(f"import os, sys, time\nHERE = {str(folder)!r}\n" + source)
        how = by.spawn if isinstance(by, Warm) else by
        own = Limits(**{"call_seconds": 30.0, **limits})
        off = Isolation.OFF
        all_opened.append(Exchange(file, own, spawn=how, torch=torch, isolation=off))
        return all_opened[-1]

    yield begin
    for exchange in all_opened:
        exchange.close()


def process(exchange: Exchange) -> Any:
    assert isinstance(exchange.transport, Worker)
    return exchange.transport.process


def written(file: Path) -> int:
    """Wait for a process id that a student's process writes."""
    end = time.monotonic() + 30
    while not file.exists() and time.monotonic() < end:
        time.sleep(0.01)
    return int(file.read_text())


# ---------------------------------------------------------------- a forked worker and a cold one

FACTS = {
    "folder": "os.path.exists('work0.py')",
    "environment": "{k: v for k, v in os.environ.items() "
    "if k not in ('GRADED_WORKER', 'HOME', 'TMPDIR')}",
    "marked": "len(os.environ['GRADED_WORKER'])",
    "arguments": "len(sys.argv)",
    "path": "sys.path",
    "flags": "str(sys.flags)",
    "input": "(sys.stdin.read(), os.read(0, 1))",
    "descriptors": "[os.path.exists(f'/proc/self/fd/{n}') for n in range(3, 64)].count(True)",
    "streams": "[(s.encoding, s.errors, s.line_buffering, s.isatty(), s.seekable(), s.closed) "
    "for s in (sys.stdin, sys.stdout, sys.stderr)]",
    "leads its session": "os.getsid(0) == os.getpgid(0) == os.getpid()",
    "threads": "len(os.listdir('/proc/self/task'))",
    "signals": "[str(__import__('signal').getsignal(n)).split(' at ')[0] for n in range(1, 32)]",
    "limits": "[__import__('resource').getrlimit(n) for n in range(10)]",
    "chance": "__import__('random').random()",
    "chance of numpy": "float(__import__('numpy').random.rand())",
    "order of sets": "list(map(str, {'a', 'b', 'c', 'd', 'e'}))",
    "temporary folder": "__import__('tempfile').gettempdir() == os.getcwd() == os.environ['HOME']",
    "main": "sys.modules['__main__'].__file__",
    "recursion": "sys.getrecursionlimit()",
    "mask": "os.umask(0o22)",
}


@LINUX
def test_a_forked_worker_sees_what_a_cold_one_sees(
    opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOKEN", "sesame-open")
    source = "FACTS = {" + ", ".join(f"{k!r}: lambda: {v}" for k, v in FACTS.items()) + "}\n"
    source += "def fact(name): return FACTS[name]()\n"
    exchanges = [opened(source, spawn), opened(source)]
    assert [process(exchange).warm.sole for exchange in exchanges] == [True, False]
    cold, forked = ({n: Student(e).fact(n) for n in FACTS} for e in exchanges)
    assert forked == cold
    assert "sesame" not in str(forked) and forked["folder"] and forked["temporary folder"]


@LINUX
def test_the_environment_that_the_system_shows_is_clean_too(
    opened: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOKEN", "sesame-open")
    with Warm.start() as own:
        source = "def f(): return open(f'/proc/self/environ').read()\n"
        seen = Student(opened(source, own)).f()
    assert "GRADED_WORKER=" in seen and "sesame" not in seen


@LINUX
@pytest.mark.parametrize("how", DEATHS)
def test_a_death_is_told_in_the_same_words(opened: Open, how: str) -> None:
    source = f"def f():\n    {DEATHS[how][0]}\ndef g(): return 1\n"
    cold, forked = opened(source, spawn), opened(source)
    told = [failing(Student(exchange).f) for exchange in (cold, forked)]
    assert told[0].message == told[1].message and told[1].kind == "died"
    forked.renew()
    assert Student(forked).g() == 1 and isinstance(process(forked), Forked)


@LINUX
def test_time_memory_and_output_are_limited(opened: Open) -> None:
    source = "def loop():\n    while True: pass\ndef take(): return len(bytearray(9 * 1024**3))\n"
    source += "def say():\n    for _ in range(999): print('x' * 1023)\n    print('last')\n"
    exchange = opened(source, memory_mb=512, output_kb=16)
    student = Student(exchange)
    assert failing(student.take).exception == "MemoryError"
    student.say()
    output = exchange.transport.output()
    assert len(output) < 17 * 1024 and output.endswith("last\n") and "[...]" in output
    exchange.limits = Limits(call_seconds=0.5)
    started = time.monotonic()
    assert failing(student.loop).kind == "timeout" and time.monotonic() - started < 20
    assert gone(process(exchange).pid)


def test_a_worker_whose_folder_is_gone_is_not_the_students_fault(warm: Warm) -> None:
    with pytest.raises(LaunchError, match="did not start"):
        exchange = Exchange(Path("/nowhere/work.py"), Limits(), spawn=warm.spawn)
        Student(exchange).f()


# ---------------------------------------------------------------- what is left behind

DAEMON = "if os.fork(): return\n    os.setsid()\n    if os.fork(): os._exit(0)\n    "
LEAVE = {
    "a child": "if os.fork(): return",
    "a daemon": DAEMON,
    "a daemon of an unlikely name": DAEMON + "open('/proc/self/comm', 'w').write(') R 1 (')",
    "a daemon of no mother": "import ctypes; ctypes.CDLL(None).prctl(36, 0)\n    " + DAEMON,
    "a daemon of another program": DAEMON + "open(HERE + '/pid', 'w').write(str(os.getpid()))\n    "
    "os.execve(sys.executable, [sys.executable, '-c', 'import time; time.sleep(60)'], {})",
    "a daemon whose mother dies": "child = os.fork()\n    if child: os._exit(0)\n    os.setsid()",
}


@LINUX
@pytest.mark.parametrize("kind", LEAVE)
def test_every_process_that_was_started_is_gone_at_the_end(
    opened: Open, kind: str, warm: Warm
) -> None:
    source = f"def f():\n    {LEAVE[kind]}\n    file = open(HERE + '/new', 'w')\n"
    source += (
        "    file.write(str(os.getpid())); file.close(); os.rename(HERE + '/new', HERE + '/pid')\n"
    )
    source += "    time.sleep(60)\ndef g(): return 1\n"
    bystander, exchange = opened("def g(): return 2\n"), opened(source)
    assert Student(bystander).g() == 2
    if "dies" in kind:
        assert failing(Student(exchange).f).kind == "died"
    else:
        Student(exchange).f()
        pid = written(exchange.module.parent / "pid")
        assert alive(pid)
        exchange.close()
        assert gone(pid)
    assert gone(process(exchange).pid)
    below = {process(bystander).pid}
    assert set(children(warm)) == below, "only the other worker is left"
    assert Student(bystander).g() == 2


def children(warm: Warm) -> list[int]:
    assert warm.process is not None
    pid = warm.process.popen.pid
    pids = [int(n) for n in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return pids[1:] if os.geteuid() == 0 else pids  # the first one ends the others


@LINUX
def test_the_end_of_the_warm_process_is_the_end_of_all(opened: Open) -> None:
    with Warm.start() as own:
        exchanges = [opened("def f(): return os.getpid()\n", own) for _ in range(2)]
        pids = [Student(exchange).f() for exchange in exchanges]
        assert all(map(alive, pids)) and own.process is not None
    assert all(map(gone, (*pids, own.process.popen.pid)))
    with pytest.raises(LaunchError):
        own.spawn(Order(exchanges[0].module))


JUDGE = """
import sys, time
from pathlib import Path
from autograder.wall.process import Order
from autograder.wall.warm import Warm
warm = Warm.start()
worker = warm.spawn(Order(Path(sys.argv[1])))  # kept: without its pipes it would end by itself
print(worker.pid, warm.process.popen.pid, flush=True)
time.sleep(60)
"""


@LINUX
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
def test_a_judge_that_is_gone_leaves_nothing(tmp_path: Path, number: int) -> None:
    command = [sys.executable, "-c", JUDGE, str(tmp_path / "work.py")]
    judge = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    assert judge.stdout is not None
    pids = [int(word) for word in judge.stdout.readline().split()]
    assert len(pids) == 2 and all(map(alive, pids))
    judge.send_signal(number)
    judge.wait(60)
    judge.stdout.close()
    assert all(map(gone, pids))


@LINUX
def test_nothing_of_ours_is_left_after_many_workers(opened: Open) -> None:
    before = len(os.listdir("/proc/self/fd"))
    with Warm.start() as own:
        for number in range(20):
            exchange = opened(f"def f(): return {number}\n", own)
            assert Student(exchange).f() == number
            exchange.close()
        assert not children(own)
    del exchange
    end = time.monotonic() + 20
    while len(os.listdir("/proc/self/fd")) > before and time.monotonic() < end:
        time.sleep(0.02)
    assert len(os.listdir("/proc/self/fd")) <= before


# ---------------------------------------------------------------- one worker and the next


@LINUX
def test_four_workers_at_once_do_not_meet(opened: Open) -> None:
    source = "def f(x): return x\ndef pipes(): return {os.readlink(f'/proc/self/fd/{n}') "
    source += "for n in range(64) if os.path.exists(f'/proc/self/fd/{n}')}.__len__(), "
    source += "sorted(os.stat(n).st_ino for n in range(1, 64) if os.path.exists("
    source += "f'/proc/self/fd/{n}') and 'pipe' in os.readlink(f'/proc/self/fd/{n}'))\n"
    exchanges = [opened(source) for _ in range(4)]
    heard: dict[int, list[Any]] = {}

    def talk(number: int) -> None:
        student = Student(exchanges[number])
        heard[number] = [student.f((number, n)) for n in range(20)]

    threads = [threading.Thread(target=talk, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert heard == {k: [(k, n) for n in range(20)] for k in range(4)}
    held = [set(Student(exchange).pipes()[1]) for exchange in exchanges]
    assert all(len(own) == 3 for own in held) and len(set().union(*held)) == 12
    exchanges[0].close()
    assert [Student(exchange).f(1) for exchange in exchanges[1:]] == [1, 1, 1]


@LINUX
def test_what_one_student_breaks_is_whole_for_the_next(opened: Open) -> None:
    source = "import numpy, json, builtins, sys\n"
    source += "def f():\n    numpy.allclose = json.dumps = builtins.len = None\n"
    source += "    sys.modules['numpy'] = None\n    sys.path.clear()\n    os.environ.clear()\n"
    failing(Student(opened(source)).f)
    check = "import numpy, json\ndef f(): return len(json.dumps([1])), numpy.allclose(1, 1)\n"
    check += "def g(): return len(os.environ) > 3, 'work0' in sys.modules\n"
    student = Student(opened(check))
    assert student.f() == (3, True) and student.g() == (True, False)


# ---------------------------------------------------------------- when the warm process fails


@LINUX
def test_a_warm_process_that_is_killed_is_not_the_students_fault(opened: Open) -> None:
    with Warm.start() as own:
        exchange = opened("def f(): time.sleep(60)\ndef g(): return os.getpid()\n", own)
        pid = Student(exchange).g()
        assert own.process is not None
        threading.Timer(0.3, own.process.popen.kill).start()
        with pytest.raises(LaunchError, match="the process that starts workers ended"):
            Student(exchange).f()
        assert gone(pid)
        with pytest.raises(LaunchError, match="the process that starts workers ended"):
            exchange.renew()
        exchange.close()


@LINUX
def test_a_warm_process_that_is_killed_takes_daemons_with_it(opened: Open) -> None:
    with Warm.start() as own:
        source = f"def f():\n    {DAEMON}open(HERE + '/new', 'w').write(str(os.getpid()))\n"
        source += "    os.rename(HERE + '/new', HERE + '/pid')\n    time.sleep(60)\n"
        exchange = opened(source.replace("os.rename", "time.sleep(0.2); os.rename"), own)
        Student(exchange).f()
        file = exchange.module.parent / "pid"
        assert own.process is not None
        end = time.monotonic() + 30
        while not (file.exists() and file.read_text()) and time.monotonic() < end:
            time.sleep(0.02)
        own.process.popen.kill()
        exchange.close()
    assert gone(int(file.read_text()))


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root")
@pytest.mark.parametrize("sole", [True, False])
def test_what_is_left_by_a_supervisor_that_was_killed_is_killed_by_its_user(sole: bool) -> None:
    source = f"import os, sys, time\ndef f():\n    {DAEMON}"
    source += (
        "os.execve(sys.executable, [sys.executable, '-c', 'import time; time.sleep(30)'], {})\n"
    )
    source += "def g(): return os.getresuid()[0]\n"
    # Not below a folder that is closed to others, as pytest's are.
    with tempfile.TemporaryDirectory() as folder, Warm.start() as own:
        work = Path(folder) / "work.py"
        work.write_text(source)
        how = spawn if sole else own.spawn
        exchange = Exchange(work, Limits(call_seconds=30.0), spawn=how)
        student = Student(exchange)
        uid = student.g()
        if not uid:
            pytest.skip("there is no user of its own here")
        student.f()
        keeper = process(exchange).warm.process
        end = time.monotonic() + 30
        while users_of(uid) < 2 and time.monotonic() < end:
            time.sleep(0.02)
        keeper.popen.kill()
        exchange.close()
    end = time.monotonic() + 20
    while users_of(uid) and time.monotonic() < end:
        time.sleep(0.02)
    assert not users_of(uid)


def users_of(uid: int) -> int:
    """Return how many processes of a user run; those that ended and wait for init do not."""
    found = 0
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            told = (folder / "status").read_text()
        except OSError:
            continue
        found += f"\nUid:\t{uid}\t" in told and "State:\tZ" not in told
    return found


COLD = {
    "another system": lambda patch: patch.setattr(module.sys, "platform", "win32"),
    "a package that is not there": lambda patch: None,
    "a broken interpreter": lambda patch: patch.setattr(
        module, "command", lambda *_: [sys.executable, "-c", "raise SystemExit(1)"]
    ),
}


@pytest.mark.parametrize("why", COLD)
def test_without_a_warm_process_workers_start_cold(
    opened: Open, why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        COLD[why](patch)
        own = Warm.start(*["no_such_package"][: "package" in why])
    with own:
        exchange = opened("def f(): return 1\n", own)
        assert Student(exchange).f() == 1 and isinstance(process(exchange), Started)


@LINUX
@pytest.mark.parametrize(
    ("answer", "ready"), [(b'{"threads": 1}', True), (b'{"threads": 2}', False)]
)
def test_a_process_of_several_threads_is_not_forked(
    answer: bytes, ready: bool, tmp_path: Path
) -> None:
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    theirs.send(answer)
    theirs.close()
    own = Warm(None, ours)
    try:
        if ready:
            with pytest.raises(LaunchError):  # it was asked, and there is nobody
                own.spawn(Order(tmp_path / "work.py"))
        else:
            started = own.spawn(Order(tmp_path / "work.py"))
            started.kill()
            assert isinstance(started, Started)
            for stream in (started.stdin, started.stdout, started.stderr):
                stream.close()
    finally:
        ours.close()


# ---------------------------------------------------------------- packages

MASTERS = [
    ("import numpy as np\n", True, []),
    ("import sympy\n", True, ["sympy"]),
    ("from sympy import symbols\n", True, ["sympy"]),
    ("def f():\n    from sympy.abc import x\n", True, ["sympy"]),
    ("# import sympy\nimport sympyx\n", True, []),
    ("import torch\n", False, ["torch"]),
    ("import torch\nimport sympy as sp\n", False, ["torch", "sympy"]),
]


@pytest.mark.parametrize(("source", "light", "wanted"), MASTERS)
def test_the_packages_are_those_of_the_master(
    tmp_path: Path, source: str, light: bool, wanted: list[str]
) -> None:
    (tmp_path / "work.py").write_text(source)
    assignment = Assignment("a", "A", tmp_path, tmp_path, "work.py", (), (), Limits(), light)
    assert list(packages(assignment)) == wanted


@LINUX
@pytest.mark.torch
def test_torch_is_loaded_once_and_draws_the_same(opened: Open) -> None:
    pytest.importorskip("torch")
    source = "import torch\ndef f():\n"
    source += "    x = torch.rand(3, requires_grad=True)\n    (x * x).sum().backward()\n"
    source += "    return x.detach().numpy(), x.grad.numpy(), torch.initial_seed()\n"
    source += "def g(): return torch.get_num_threads(), len(os.listdir('/proc/self/task'))\n"
    with Warm.start("torch") as own:
        exchanges = [opened(source, by, torch=True) for by in (spawn, own, own)]
        answers = [Student(exchange).f() for exchange in exchanges]
        assert [process(exchange).warm.sole for exchange in exchanges] == [True, False, False]
        assert [Student(exchange).g() for exchange in exchanges] == [(1, 1)] * 3
    for drawn, grad, seed in answers:
        assert drawn.tolist() == answers[0][0].tolist() and seed == 0
        assert grad == pytest.approx(2 * drawn)


@LINUX
@pytest.mark.torch
def test_torch_is_there_before_the_student_asks(opened: Open) -> None:
    pytest.importorskip("torch")
    with Warm.start("torch") as own:
        assert Student(opened("LOADED = 'torch' in sys.modules\n", own)).LOADED is True
