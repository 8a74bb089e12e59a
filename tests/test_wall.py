"""The wall against real processes: limits, deaths, leftovers, and a student who owns the wire."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.assignment import Limits
from autograder.report import Finding, clean
from autograder.wall import answer, launch, process, wire
from autograder.wall.channel import Threaded
from autograder.wall.exchange import Exchange
from autograder.wall.failure import StudentFailure
from autograder.wall.isolation import Isolation
from autograder.wall.launch import Ref, Worker
from autograder.wall.process import LaunchError
from autograder.wall.proxy import Student

LINUX = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs Linux")
POSIX = pytest.mark.skipif(os.name != "posix", reason="needs a POSIX system")
ROOT = Path(__file__).resolve().parents[1]

Open = Callable[..., Exchange]


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Open]:
    """Open a worker on the given source; close it at the end."""
    open_now = []

    def begin(source: str, off: bool = False, **limits: Any) -> Exchange:
        folder = tmp_path / str(len(open_now))
        folder.mkdir()
        head = f"import os, sys, time; HERE = {str(folder)!r}\n"
        (folder / "work.py").write_text(head + source)
        own = Limits(**{"call_seconds": 30.0, **limits})
        isolation = Isolation.OFF if off else Isolation.BEST_EFFORT
        exchange = Exchange(folder / "work.py", own, isolation=isolation)
        open_now.append(exchange)
        return exchange

    yield begin
    for exchange in open_now:
        exchange.close()


def failing(call: Callable[..., Any], *args: Any) -> Finding:
    with pytest.raises(StudentFailure) as caught:
        call(*args)
    return caught.value.finding


def alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except OSError:
        return False
    return state not in "ZX"


def gone(pid: int, seconds: float = 20.0) -> bool:
    end = time.monotonic() + seconds
    while alive(pid) and time.monotonic() < end:
        time.sleep(0.01)
    return not alive(pid)


# ---------------------------------------------------------------- time, death, a fresh worker


def test_a_call_that_never_ends_is_stopped_and_the_next_check_gets_a_fresh_worker(
    opened: Open,
) -> None:
    exchange = opened("def f():\n    while True: pass\nX = 1\n", call_seconds=0.3)
    student = Student(exchange)
    started = time.monotonic()
    found = failing(student.f)
    assert time.monotonic() - started < 20
    assert (found.kind, found.where) == ("timeout", "work.py:2 f")
    assert found.message == "f did not finish within the 0.3 s for one call"
    assert failing(lambda: student.X) == found, "the same check cannot go on"
    exchange.renew()
    exchange.limits = Limits()
    assert student.X == 1


def test_sleep_that_ignores_signals_is_stopped_too(opened: Open) -> None:
    source = "import signal\nfor n in range(1, 30):\n    try: signal.signal(n, signal.SIG_IGN)\n"
    source += "    except OSError: pass\ndef f(): time.sleep(60)\n"
    assert failing(Student(opened(source, call_seconds=0.3)).f).kind == "timeout"


def test_the_whole_run_has_a_limit_and_then_nothing_is_started(
    opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    exchange = opened("def f(): time.sleep(0.3)\n", run_seconds=1.0)
    with pytest.raises(StudentFailure) as caught:
        for _ in range(10):
            Student(exchange).f()
    assert caught.value.finding.message.endswith("did not finish within 1 s in all")
    spawn, started = exchange.spawn, []
    monkeypatch.setattr(exchange, "spawn", lambda order: started.append(order) or spawn(order))
    for _ in range(20):
        exchange.renew()
        assert failing(lambda: Student(exchange).f).kind == "timeout"
    assert len(started) <= 1, "the one that waits for the next check"


def test_a_module_that_never_finishes_its_import_is_tried_once(
    opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("autograder.wall.exchange.IMPORT_SECONDS", 0.2)
    exchange = opened("while True: pass\n", call_seconds=0.2)
    found = failing(lambda: Student(exchange).f)
    assert found.kind == "import" and found.message.startswith("importing work.py did not finish")
    monkeypatch.setattr("autograder.wall.exchange.IMPORT_SECONDS", 60.0)  # that of a second try
    started = time.monotonic()
    for _ in range(3):
        exchange.renew()
        assert failing(lambda: Student(exchange).g) == found
    assert time.monotonic() - started < 30


DEATHS = {
    "os._exit": ("os._exit(3)", "ended with exit code 3"),
    "abort": ("os.abort()", "crashed with SIGABRT"),
    "kill": ("os.kill(os.getpid(), 9)", "was killed"),
    "term": ("os.kill(os.getpid(), 15)", "crashed with SIGTERM"),
    "segmentation fault": ("import ctypes; ctypes.string_at(0)", "crashed with SIGSEGV"),
    "alarm": ("import signal; signal.alarm(1); time.sleep(9)", "crashed with SIGALRM"),
    "exec": ("os.execv(sys.executable, [sys.executable, '-c', ''])", "the process"),
}


@POSIX
@pytest.mark.parametrize("how", DEATHS)
def test_a_process_that_ends_itself_is_the_students_failure(opened: Open, how: str) -> None:
    code, words = DEATHS[how]
    exchange = opened(f"def f():\n    {code}\ndef g(): return 1\n")
    found = failing(Student(exchange).f)
    assert found.kind == "died" and words in found.message, found
    exchange.renew()
    assert Student(exchange).g() == 1


def test_a_process_that_ends_at_import_fails_the_import(opened: Open) -> None:
    exchange = opened("os._exit(0)\n")
    assert failing(lambda: Student(exchange).f).kind == "import"


def ended(exchange: Exchange, seconds: float = 20.0) -> bool:
    assert isinstance(exchange.transport, Worker)
    process, end = exchange.transport.process, time.monotonic() + seconds
    while process.poll() is None and time.monotonic() < end:
        time.sleep(0.01)
    return process.poll() is not None


def test_a_process_that_ends_between_two_calls(opened: Open) -> None:
    source = "import threading\ndef f(): threading.Timer(0.05, os._exit, [1]).start()\n"
    exchange = opened(source)
    Student(exchange).f()
    assert ended(exchange)
    assert failing(lambda: Student(exchange).f()).kind == "died"
    exchange.renew()
    assert Student(exchange).f() is None


def test_a_spreadsheet_is_read_although_the_module_cannot_be_imported(opened: Open) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    exchange = opened("os._exit(0)\n")
    path = exchange.module.parent / "table.xlsx"
    book = openpyxl.Workbook()
    book.active.append([1, "a", None, 2.5])
    book.save(path)
    assert failing(lambda: Student(exchange).f).kind == "import"
    exchange.renew()
    assert exchange.sheet(path, values=True) == [[1, "a", None, 2.5]]


def test_memory_is_limited(opened: Open) -> None:
    pytest.importorskip("resource")
    source = "import numpy as np\ndef f(): return np.ones(10 * 1024**3 // 8).sum()\n"
    source += "def g(): return len(bytearray(10 * 1024**3))\ndef h(): return 1\n"
    student = Student(opened(source, memory_mb=512))
    for call in (student.f, student.g):
        found = failing(call)
        assert (found.kind, found.exception) == ("raised", "MemoryError")
    assert student.h() == 1


def test_processor_time_is_limited_and_no_core_is_written(opened: Open) -> None:
    resource = pytest.importorskip("resource")
    source = "import resource\ndef limit(kind): return resource.getrlimit(kind)\n"
    student = Student(opened(source, run_seconds=20))
    assert 20 < student.limit(resource.RLIMIT_CPU)[1] <= 20 * (os.cpu_count() or 1) + 10
    assert student.limit(resource.RLIMIT_CORE) == (0, 0)


# ---------------------------------------------------------------- what is printed


def test_a_hundred_megabytes_of_prints_stay_bounded_and_quick(opened: Open) -> None:
    source = "def f():\n    print('first')\n    for _ in range(100):\n        "
    source += "sys.stdout.write('x' * 1024**2)\n    print('last')\n    return 1\n"
    exchange = opened(source, output_kb=16)
    started = time.monotonic()
    assert Student(exchange).f() == 1
    assert time.monotonic() - started < 40
    output = exchange.transport.output()
    assert output.startswith("first") and "[...]" in output and output.rstrip().endswith("last")
    assert len(output) < 17 * 1024


def test_what_an_import_prints_belongs_to_no_check(opened: Open) -> None:
    for _ in range(5):
        exchange = opened("print('import ' * 999)\ndef f(): print('call')\n")
        exchange.renew()
        Student(exchange).f()
        assert exchange.transport.output() == "call\n"
        exchange.renew()
        assert exchange.transport.output() == ""


def test_both_streams_and_children_are_heard_and_forgotten_between_checks(opened: Open) -> None:
    source = "def f():\n    print('out')\n    print('err', file=sys.stderr)\n"
    source += "    os.system('echo child')\n"
    exchange = opened(source)
    Student(exchange).f()
    output = exchange.transport.output()
    assert all(word in output for word in ("out", "err", "child"))
    exchange.renew()
    assert exchange.transport.output() == ""


@pytest.mark.parametrize("code", ["sys.stdout = None", "sys.stdout.close()", "os.close(1)"])
def test_a_student_without_standard_output_still_answers(opened: Open, code: str) -> None:
    student = Student(opened(f"{code}\ndef f(): return 1\n"))
    assert student.f() == 1


# ---------------------------------------------------------------- what is left behind


@LINUX
@pytest.mark.parametrize("kind", ["a child", "a group", "a daemon"])
def test_every_process_that_was_started_is_gone_at_the_end(opened: Open, kind: str) -> None:
    code = {
        "a child": "if os.fork(): return",
        "a group": "if os.fork(): return\n    os.setpgid(0, 0)",
        "a daemon": "if os.fork(): return\n    os.setsid()\n    if os.fork(): os._exit(0)",
    }[kind]
    source = f"def f():\n    {code}\n"
    source += "    os.chdir(HERE)\n    open('pid.new', 'w').write(str(os.getpid()))\n"
    source += "    os.rename('pid.new', 'pid')\n    time.sleep(60)\n"
    exchange = opened(source, off=True)
    Student(exchange).f()
    file = exchange.module.parent / "pid"
    end = time.monotonic() + 20
    while not file.exists() and time.monotonic() < end:
        time.sleep(0.01)
    pid = int(file.read_text())
    assert alive(pid)
    exchange.close()
    assert gone(pid)


@LINUX
def test_programs_in_the_background_are_gone_after_a_time_out(opened: Open) -> None:
    source = "import subprocess\ndef f():\n    child = subprocess.Popen(['sleep', '60'], "
    source += "start_new_session=True)\n    open(HERE + '/pid', 'w').write(str(child.pid))\n"
    source += "    time.sleep(60)\n"
    exchange = opened(source, off=True, call_seconds=2.0)
    assert failing(Student(exchange).f).kind == "timeout"
    assert gone(int((exchange.module.parent / "pid").read_text()))


@POSIX
def test_a_fork_that_returns_twice_answers_once(opened: Open) -> None:
    exchange = opened("def f():\n    return os.fork() == 0\ndef g(x): return x\n")
    student = Student(exchange)
    for number in range(5):
        assert student.f() is False
        assert student.g(number) == number
    assert "Traceback" not in exchange.transport.output()


def test_threads_left_running_do_not_hold_up_the_end(opened: Open) -> None:
    source = "import threading, atexit\natexit.register(time.sleep, 60)\n"
    source += "def f(): threading.Thread(target=time.sleep, args=(60,)).start()\n"
    exchange = opened(source)
    Student(exchange).f()
    started = time.monotonic()
    exchange.close()
    assert time.monotonic() - started < 20
    assert isinstance(exchange.transport, Worker)
    assert exchange.transport.process.poll() is not None


@LINUX
def test_nothing_of_ours_is_left_after_many_workers(opened: Open) -> None:
    before = len(os.listdir("/proc/self/fd"))
    for _ in range(3):
        exchange = opened("def f(): os._exit(1)\n")
        failing(Student(exchange).f)
        exchange.close()
    del exchange
    end = time.monotonic() + 20
    while threads() and time.monotonic() < end:
        time.sleep(0.02)
    assert not threads()
    assert len(os.listdir("/proc/self/fd")) <= before + 1


def threads() -> list[str]:
    return [t.name for t in threading.enumerate() if "(_" in t.name]


# ---------------------------------------------------------------- what the worker can see


def test_the_worker_starts_clean(opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOKEN", "sesame-open")
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    source = "def environment(): return dict(os.environ)\ndef folder(): return os.getcwd()\n"
    source += "def typed(): return sys.stdin.read(), os.read(0, 10)\ndef argv(): return sys.argv\n"
    source += "def path(): return sys.path\n"
    exchange = opened(source)
    student = Student(exchange)
    environment, folder = student.environment(), str(exchange.module.parent)
    assert student.folder() != folder and not Path(student.folder()).is_relative_to(ROOT)
    assert "TOKEN" not in environment and "sesame-open" not in str(environment)
    assert environment["HOME"] == environment["TMPDIR"] == student.folder()
    assert student.typed() == ("", b"")
    assert len(student.argv()) == 1
    assert str(ROOT) not in student.path() and "" not in student.path()


def test_the_worker_cannot_import_solutions_assignments_or_tests(opened: Open) -> None:
    source = "def found(name):\n    import importlib.util\n"
    source += "    try: return importlib.util.find_spec(name) is not None\n"
    source += "    except ImportError: return False\n"
    student = Student(opened(source))
    for name in ("solutions", "assignments", "tests", "benchmarks", "grade", "conftest"):
        assert student.found(name) is False, name
    assert student.found("numpy") and student.found("autograder.wall.wire")


@LINUX
def test_no_descriptor_of_the_judge_is_inherited(opened: Open, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("answers")
    descriptor = os.open(secret, os.O_RDONLY)
    os.set_inheritable(descriptor, True)
    try:
        source = "def held():\n    return [os.readlink(f'/proc/self/fd/{n}') for n in "
        source += "os.listdir('/proc/self/fd') if os.path.islink(f'/proc/self/fd/{n}')]\n"
        held = Student(opened(source, off=True)).held()
    finally:
        os.close(descriptor)
    kinds = {path.split(":")[0] for path in held if "/fd" not in path}
    assert kinds == {"pipe", "/dev/null"} and len(held) < 8


def test_a_second_worker_knows_nothing_of_the_first(opened: Open) -> None:
    exchange = opened("SEEN = []\ndef f(x):\n    SEEN.append(x)\n    return SEEN\n")
    student = Student(exchange)
    assert student.f(1) == [1] and student.f(2) == [1, 2]
    exchange.transport.kill()
    exchange.renew()
    assert student.f(3) == [3]


# ---------------------------------------------------------------- a student who owns the wire

SPEAK = """
import struct, threading
from autograder.wall import wire

def say(data):
    for number in range(3, 32):
        try:
            view = memoryview(data)
            while view:
                view = view[os.write(number, view):]
        except OSError:
            continue

def forge(**body):
    say(wire.pack(body))

def hang(): time.sleep(60)

class Refer: pass

def ok(): return 1
"""

GARBAGE = {
    "noise": "say(os.urandom(64)); hang()",
    "text": "say(b'passed\\n'); hang()",
    "half a message": "say(wire.pack({'id': 3, 'ok': 1})[:-3]); hang()",
    "half a message and the answer": "say(wire.pack({'id': 3, 'ok': 1})[:-3])",
    "a header of 4 GB": "say(b'GDW1' + struct.pack('>I', 2**32 - 1)); hang()",
    "a header that never comes": "say(b'GDW1' + struct.pack('>I', 1000)); hang()",
    "JSON that is deep": "t = b'[' * 99999; say(b'GDW1' + struct.pack('>I', len(t)) + t); hang()",
    "a list": "say(wire.pack([1, 2])); hang()",
    "no id": "forge(ok=1); hang()",
    "another id": "forge(id=99, ok=1); hang()",
    "the id before": "forge(id=2, ok=1); hang()",
    "an id that is true": "forge(id=True, ok=1); hang()",
    "an id that is a float": "forge(id=3.0, ok=1); hang()",
    "an id that is an array": "import numpy; forge(id=numpy.array([3, 3]), ok=1); hang()",
    "a flood of answers": "while True: forge(id=99, ok=1)",
    "descriptors closed": "os.closerange(0, 256)",
    "the wire closed": "os.closerange(3, 256); hang()",
    "a ref below zero": "say(wire.pack({'id': 3, 'ok': Refer}, lambda v: {'!': 'ref', 'id': -1, "
    "'type': '', 'name': '', 'file': '', 'line': 0, 'callable': True})); hang()",
    "a ref without a name": "say(wire.pack({'id': 3, 'ok': Refer}, lambda v: {'!': 'ref', "
    "'id': 1})); hang()",
    "an answer to nobody": "[k for k in range(9) if forge(id=k, raised=None)]; hang()",
    "nothing to say it with": "wire.pack = None",
    "nothing to answer with": "sys.modules['autograder.wall.session'].Session.answer = None",
}


@POSIX
@pytest.mark.parametrize("how", GARBAGE)
def test_garbage_on_the_wire_is_the_students_failure(opened: Open, how: str) -> None:
    source = f"{SPEAK}\ndef f():\n    {GARBAGE[how]}\n"
    exchange = opened(source, call_seconds=0.7)
    student = Student(exchange)
    started = time.monotonic()
    try:
        student.f()
        student.ok()
    except StudentFailure as failure:
        assert failure.finding.kind in {"died", "timeout", "raised", "type"}
    else:
        pytest.fail("two calls went well")
    assert time.monotonic() - started < 40
    exchange.renew()
    exchange.limits = Limits()
    assert student.ok() == 1


@LINUX
def test_a_flood_of_large_answers_waits_outside_the_judge(opened: Open) -> None:
    source = f"{SPEAK}\ndef f():\n    import numpy\n    data = wire.pack({{'id': 4, 'ok': "
    source += "numpy.zeros(4_000_000)})\n    forge(id=3, ok=1)\n    while True: say(data)\n"
    exchange = opened(source)
    before = resident()
    assert Student(exchange).f() == 1
    time.sleep(1.0)
    assert resident() - before < 300
    exchange.close()


def resident() -> int:
    """Return this process's memory in MB."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") >> 20


LONG = "'x' * 3_000_000"
FORGED = {
    "raised nothing": "raised=None",
    "raised a number": "raised=1",
    "raised a list": "raised=[1, 2]",
    "raised without parts": "raised={}",
    "raised with parts of other types": "raised={'type': 1, 'message': {'a': 1}, 'frames': 5}",
    "a type that is long": f"raised={{'type': {LONG}, 'message': {LONG}, 'frames': []}}",
    "a type that is not the builtin": "raised={'type': 'secret', 'builtin': True, 'message': ''}",
    "frames of one part": "raised={'type': 'E', 'frames': [[1], 'x', None]}",
    "a line that is text": "raised={'type': 'E', 'frames': [['f', 'x', 'g', 's']]}",
    "a line below zero": "raised={'type': 'E', 'frames': [['f', -1, 'g', 's']]}",
    "a line that is nan": "raised={'type': 'E', 'frames': [['f', float('nan'), 'g', 's']]}",
    "a line that is endless": "raised={'type': 'E', 'frames': [['f', 10**3000, 'g', 's']]}",
    "frames with escapes": "raised={'type': 'E', 'frames': [['\\x1b[31m', 1, '\\x07', '\\n']]}",
    "many frames": "raised={'type': 'E', 'frames': [['f', 1, 'g', 's']] * 50_000}",
    "missing without found": "missing='x'",
    "missing with found nothing": "missing='x', found=None",
    "missing with a dict": "missing='x', found={'a': 1}",
    "missing with numbers": "missing=1, found=[1, 2, [3]]",
    "missing with long names": f"missing='x', found=[{LONG}, 'f']",
    "missing with many names": "missing='x', found=['n' + str(i) for i in range(100_000)]",
    "unsendable of no text": "unsendable=[1]",
    "unsendable and long": f"unsendable={LONG}",
    "neither": "score=100",
}


@pytest.mark.parametrize("how", FORGED)
def test_a_forged_answer_is_the_students_failure(opened: Open, how: str) -> None:
    source = f"{SPEAK}\ndef f():\n    forge(id=3, {FORGED[how]}); hang()\n"
    exchange = opened(source)
    started = time.monotonic()
    found = failing(Student(exchange).f)
    assert time.monotonic() - started < 25
    assert found.kind in {"raised", "missing", "type"}
    assert is_presentable(found) and found.exception == ""


def is_presentable(found: Finding) -> bool:
    """Tell whether every text of the finding is clean and short."""
    texts = [getattr(found, name) for name in Finding.__dataclass_fields__]
    return all(text == clean(text, 5000) and "\x1b" not in text for text in texts)


def test_a_forged_value_is_only_a_value(opened: Open) -> None:
    source = f"{SPEAK}\ndef f():\n    forge(id=3, ok={{'earned': 100}}); hang()\n"
    assert Student(opened(source)).f() == {"earned": 100}


JSON = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.floats(),
        st.text(max_size=20),
        st.binary(max_size=4),
        st.just(np.array([1, 2])),
        st.just(np.array(["a", None], dtype=object)),
        st.builds(
            lambda name: Ref(
                {"id": 1, "type": name, "name": name, "file": name, "line": 1, "callable": True}
            ),
            st.text(max_size=8),
        ),
    ),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.lists(inner, max_size=4).map(tuple)
        | st.dictionaries(st.text(max_size=3), inner, max_size=4)
    ),
    max_leaves=10,
)
FRAME = st.tuples(JSON, JSON, JSON, JSON).map(list) | st.just(["f.py", 3, "f", "x"])
RAISED = st.fixed_dictionaries(
    {},
    optional={
        "type": JSON | st.sampled_from(["SystemExit", "NotImplementedError", "ValueError"]),
        "builtin": JSON,
        "message": JSON,
        "frames": JSON | st.lists(FRAME | JSON, max_size=4),
    },
)
ANSWERS = st.fixed_dictionaries(
    {},
    optional={
        "ok": JSON,
        "missing": JSON,
        "found": JSON | st.lists(JSON, max_size=4),
        "raised": JSON | RAISED,
        "unsendable": JSON,
    },
)
QUICK = settings(deadline=None, database=None, max_examples=300)


@QUICK
@given(ANSWERS)
def test_any_answer_is_a_value_or_the_students_failure(told: dict[str, Any]) -> None:
    exchange = Exchange.around({})
    try:
        exchange._open_answer(told, "f")
        assert "ok" in told
    except StudentFailure as failure:
        assert "ok" not in told and is_presentable(failure.finding)
        assert failure.finding.kind in {"missing", "raised", "type", "unwritten"}


class Puppet:
    """A transport that answers every message with the same forged answer."""

    alive = True
    layers: dict[str, str] = {}  # noqa: RUF012

    def __init__(self, told: dict[str, Any]) -> None:
        self.told = told

    def await_start(self) -> None:
        pass

    def ask(self, message: dict[str, Any], seconds: float, keep: wire.Keep) -> dict[str, Any]:
        return self.told

    def output(self) -> str:
        return ""

    def forget_output(self) -> None:
        pass

    def kill(self) -> None:
        pass


@QUICK
@given(ANSWERS | JSON.map(lambda value: {"ok": value}))
def test_any_answer_to_the_import_leaves_presentable_notes(told: dict[str, Any]) -> None:
    exchange = Exchange.around({})
    exchange.loaded, exchange.transport = False, Puppet(told)
    try:
        Student(exchange).f  # noqa: B018
    except StudentFailure as failure:
        assert failure.finding.kind in {"import", "missing", "type"}
    assert all(note == clean(note) and "\n" not in note for note in exchange.notes)
    assert len(exchange.notes) <= answer.NOTES_LIMIT


CELLS = st.lists(st.lists(st.none() | st.integers() | st.floats() | st.text(max_size=3)))


@QUICK
@given(JSON.map(lambda value: {"ok": value}) | CELLS.map(lambda rows: {"ok": rows}) | ANSWERS)
def test_any_answer_for_a_spreadsheet_is_rows_of_cells_or_a_failure(told: dict[str, Any]) -> None:
    exchange = Exchange.around({})
    exchange.transport = Puppet(told)
    try:
        rows = exchange.sheet(Path("table.xlsx"), values=True)
    except StudentFailure:
        return
    assert all(isinstance(row, list) for row in rows)
    assert all(type(c) in (bool, int, float, str, type(None)) for row in rows for c in row)


# ---------------------------------------------------------------- machines that cannot


def test_a_machine_without_the_interpreter_cannot_launch(
    opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process.sys, "executable", "/nowhere/python")
    with pytest.raises(LaunchError, match="did not start"):
        opened("X = 1\n")


def test_a_worker_that_ends_before_it_answers_cannot_launch(
    opened: Open, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    broken = tmp_path / "broken.py"
    broken.write_text("raise SystemExit('no numpy here')\n")
    monkeypatch.setattr(process, "WORKER", broken)
    exchange = opened("X = 1\n")
    with pytest.raises(LaunchError, match="no numpy here"):
        Student(exchange).X  # noqa: B018


def test_the_same_work_gives_the_same_answers(opened: Open) -> None:
    source = "import random\nimport numpy as np\ndef f():\n"
    source += "    return [*map(str, {'a', 'b', 'c', 'd'})], random.random(), np.random.rand()\n"
    first, second = Student(opened(source)).f(), Student(opened(source)).f()
    assert first == second


def test_where_pipes_cannot_be_polled_threads_carry_the_same(
    opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(launch, "open_channel", Threaded)
    source = "def f(x):\n    print('said')\n    return x\ndef loop():\n    while True: pass\n"
    exchange = opened(source + "def end(): os._exit(3)\n")
    student = Student(exchange)
    assert student.f([1, "two"]) == [1, "two"]
    end = time.monotonic() + 20
    while "said" not in exchange.transport.output() and time.monotonic() < end:
        time.sleep(0.01)
    assert exchange.transport.output() == "said\n"
    exchange.limits = Limits(call_seconds=0.5)
    assert failing(student.loop).kind == "timeout"
    exchange.renew()
    exchange.limits = Limits()
    assert failing(Student(exchange).end).kind == "died"
