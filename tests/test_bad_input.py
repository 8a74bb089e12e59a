"""What students hand in on a bad day, graded from the file to the report.

Every case ends in the right outcome and never in `error`, the other questions keep their
points, and the report can be written in every form.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from autograder.assignment import Assignment, load
from autograder.grading import grade
from autograder.report import Finding, Outcome, Report
from autograder.show.data import to_json
from autograder.show.gradescope import gradescope
from autograder.show.html import html
from autograder.show.terminal import terminal
from autograder.submission import open_submission

CONTROLS = set(map(chr, range(32))) - {"\n", "\t"}
COURSE = Path(__file__).with_name("samples") / "course"
GOOD = (COURSE / "solutions/small/small.py").read_text()
REPORT_SCHEMA = json.loads(
    (Path(__file__).parents[1] / "autograder/show/report.schema.json").read_text()
)


@dataclass(frozen=True)
class Bad:
    """Code put after the right answers, the outcomes of q1 to q3, and what q1 says.

    Outcomes are letters: `p` passed, `f` failed, `.` either. `first` is put before
    everything; without `good` the right answers are left out. What is `endless` is soon stopped.
    """

    code: str = ""
    outcomes: str = "fpp"
    kind: str = ""
    says: str = ""
    first: str = ""
    hint: str = ""
    good: bool = True
    endless: bool = False


@pytest.fixture(scope="module")
def hurried() -> Assignment:
    """The assignment with the short limits that it has: for code that never ends."""
    return load("small", COURSE)


@pytest.fixture(scope="module")
def small(hurried: Assignment) -> Assignment:
    """The assignment with time for code that ends, on however busy a machine."""
    return replace(hurried, limits=replace(hurried.limits, call_seconds=10.0, run_seconds=100.0))


@pytest.fixture(autouse=True)
def quick_import(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("autograder.wall.exchange.IMPORT_SECONDS", 0.5)


def graded(assignment: Assignment, path: Path, files: dict[str, str]) -> Report:
    work = path / "work"
    work.mkdir()
    for name, text in files.items():
        (work / name).write_text(text, encoding="utf-8")
    return grade(assignment, open_submission(work, assignment, path / "clean"))


def outcomes(report: Report) -> str:
    return "".join(question.outcome.value[0] for question in report.questions)


def found(report: Report) -> list[Finding]:
    return [c.finding for c in report.checks if c.finding is not None]


def assert_writable(report: Report) -> None:
    """Assert that the report survives every form it can be written in."""
    assert Report.from_dict(json.loads(json.dumps(report.to_dict()))) == report
    jsonschema.validate(json.loads(to_json(report)), REPORT_SCHEMA)
    for width in (60, 100):
        text = terminal(report, width=width, verbose=True)
        assert "\x1b" not in text and "Score" in text
    page = html(report)
    assert "<script" not in page.lower() and "\x1b" not in page
    assert json.loads(json.dumps(gradescope(report)))
    for finding in found(report):
        told = [getattr(finding, name) for name in Finding.__dataclass_fields__]
        assert all(len(text) < 12_000 and not set(text) & CONTROLS for text in told)
        assert "autograder/" not in finding.traceback and "worker.py" not in finding.traceback
        assert "Traceback" not in finding.output


def after(body: str) -> str:
    """Return `means` with another body."""
    return f"def means(x):\n    {body}\n"


MEANS = "return np.mean(x, axis=0)"
FALSE = "np.mean(x, axis=1)"

IN_A_CALL = {
    "an infinite loop": Bad(after("while True: pass"), kind="timeout"),
    "sleep": Bad(after("import time; time.sleep(60)"), kind="timeout"),
    "sys.exit": Bad(after("import sys; sys.exit(0)"), kind="raised", says="stop"),
    "quit": Bad(after("raise SystemExit"), kind="raised"),
    "os._exit": Bad(after("import os; os._exit(0)"), kind="died", says="exit code 0"),
    "a crash": Bad(after("import os; os.abort()"), kind="died"),
    "ten gigabytes": Bad(after("return np.ones(10 * 2**27)"), kind="raised", says="MemoryError"),
    "deep recursion": Bad(after("return means(x)"), kind="raised", says="RecursionError"),
    "recursion without a limit": Bad(
        after("import sys; sys.setrecursionlimit(10**9); return means(x)"), endless=True
    ),
    "an exception without text": Bad(
        "class Odd(Exception):\n    def __str__(self): return 1/0\n" + after("raise Odd"),
        kind="raised",
        says="Odd",
    ),
    "an exception that is not one": Bad(
        "class Odd(BaseException): pass\n" + after("raise Odd('x')"), kind="raised", says="Odd: x"
    ),
    "keyboard interrupt": Bad(after("raise KeyboardInterrupt"), kind="raised"),
    "escapes and HTML": Bad(
        after("print('\\x1b[2J'); raise ValueError('\\x1b]0;x\\x07<script>alert(1)</script>')"),
        kind="raised",
        says="<script>alert(1)</script>",
    ),
    "a message of a megabyte": Bad(after("raise ValueError('x' * 2**20)"), kind="raised"),
    "not written yet": Bad(after("raise NotImplementedError"), kind="unwritten"),
}

ANSWERS = {
    "nothing": Bad(after("pass"), kind="type", says="None"),
    "nan": Bad(after(f"{MEANS} * float('nan')"), kind="finite", says="nan"),
    "infinity": Bad(after(f"{MEANS} + np.inf"), kind="finite", says="inf"),
    "a wrong value": Bad(after(f"{MEANS} + 1"), kind="value", hint="off by the same amount"),
    "a wrong sign": Bad(after("return -np.mean(x, axis=0)"), kind="value", hint="wrong sign"),
    "the named mistake": Bad(after(f"return {FALSE}"), kind="shape", hint="mean over axis 0"),
    "a wrong shape": Bad(after("return np.mean(x, axis=0)[None]"), kind="shape"),
    "one number": Bad(after("return float(np.mean(x))"), kind="shape"),
    "ragged rows": Bad(after("return [[1], [2, 3]]"), kind="type"),
    "a text": Bad(after("return 'the mean'"), kind="type", says="a text"),
    "a dict": Bad(after("return {'mean': 1}"), kind="type", says="a dict"),
    "a function": Bad(after("return np.mean"), kind="type"),
    "a set": Bad(after("return {1, 2}"), kind="type", says="set"),
    "a generator": Bad(after("return (row for row in x)"), kind="type", says="generator"),
    "itself": Bad(after("a = []; a.append(a); return a"), kind="type"),
    "complex numbers": Bad(after(f"{MEANS} * 1j"), kind="value"),
    "large integers": Bad(after("return [-2**63] * x.shape[1]"), kind="value"),
    "larger integers": Bad(after("return [10**4000] * x.shape[1]"), kind="type"),
    "an integer of 5000 digits": Bad(after("return 10**5000"), kind="type"),
    "an endless empty array": Bad(after("return np.empty((10**12, 0))"), kind="type"),
    "too many axes": Bad(after("return np.ones((1,) * 30)"), kind="type"),
    "many axes of two": Bad(after("return np.ones((2,) * 16, bool)"), kind="shape"),
    "a hundred megabytes": Bad(after("return np.zeros(100 * 2**20, np.uint8)"), kind="type"),
    "bytes": Bad(after("return b'0' * 2**20"), kind="type"),
    "text with lone surrogates": Bad(after("return '\\udc80' * 9"), kind="type"),
    "no function": Bad("means = 3\n", kind="type", says="a function was wanted"),
    "no function but nothing": Bad("means = None\n", kind="type", says="a function was wanted"),
    "no function but an array": Bad("means = np.zeros(3)\n", kind="type", says="function"),
    "no function but a class": Bad("class means: pass\n", kind="raised"),
    "a missing name": Bad("del means\n", kind="missing", says="no means"),
    "another name": Bad("mean = means\ndel means\n", kind="missing", says="mean"),
    "other arguments": Bad("def means(): pass\n", kind="raised", says="TypeError"),
}

LIAR = """
class Liar({base}):
    def __eq__(self, other): return True
    def __ne__(self, other): return False
    def __lt__(self, other): return True
    __le__ = __gt__ = __ge__ = __lt__
    def __hash__(self): return 0
    def __float__(self): return 9.0
    def __index__(self): return 9
    def __repr__(self): return "9"
    __str__ = __repr__
"""
ALWAYS = """
class Always(np.ndarray):
    def __eq__(self, other): return np.ones(self.shape, bool)
    def __sub__(self, other): return np.zeros(self.shape)
    __rsub__ = __sub__
    def __abs__(self): return np.zeros(self.shape)
    def __array_ufunc__(self, *args, **kwargs): return np.zeros(self.shape)
    def __array_function__(self, *args, **kwargs): return True
    def __reduce__(self): return (exec, ("import os; os._exit(0)",))
"""

TRICKS = {
    "an array that is always equal": Bad(
        ALWAYS + after(f"return np.asarray({FALSE}[:3] * 0 + 7).view(Always)"), kind="value"
    ),
    "a number that is always equal": Bad(
        LIAR.format(base="float") + "def count(*_): return Liar(2.0)\n", outcomes="ppf"
    ),
    "an integer that is always equal": Bad(
        LIAR.format(base="int") + "def count(*_): return Liar(2)\n", outcomes="ppf"
    ),
    "a text that is always equal": Bad(
        LIAR.format(base="str") + "def count(*_): return Liar('two')\n", outcomes="ppf"
    ),
    "a list that is always equal": Bad(
        LIAR.format(base="list") + after("return Liar([1.0, 2.0, 3.0])"), kind="value"
    ),
    "an object that is always equal": Bad(
        LIAR.format(base="object") + "def count(*_): return Liar()\n", outcomes="ppf"
    ),
    "numpy patched": Bad(
        "np.allclose = np.array_equal = np.all = lambda *a, **k: True\n"
        "np.isfinite = lambda *a, **k: True\n" + after(f"{MEANS} + 1"),
        kind="value",
    ),
    "builtins patched": Bad(
        "import builtins\nbuiltins.all = builtins.bool = lambda *a: True\n"
        "builtins.abs = lambda x: 0\n" + after(f"{MEANS} + 1"),
        outcomes="f..",
    ),
    "isinstance patched": Bad("import builtins\nbuiltins.isinstance = lambda *a: True\n", "fff"),
    "the wire patched": Bad(
        "import sys\nsys.modules['autograder.wall.wire'].pack = lambda *a: b'passed'\n", "fff"
    ),
    "sys.modules emptied": Bad("import sys\nsys.modules.clear()\n" + after(f"{MEANS} + 1"), "f.."),
    "the import patched": Bad(
        "import builtins\nbuiltins.__import__ = None\n" + after(f"{MEANS} + 1"), "f.."
    ),
    "a false numpy": Bad(
        "import sys, types\nsys.modules['numpy'] = types.ModuleType('numpy')\n"
        + after(f"{MEANS} + 1"),
        kind="value",
    ),
    "the caller's frame": Bad(
        after(
            "import sys\n    frame = sys._getframe()\n    while frame:\n"
            "        for name in ('right', 'want', 'gold', 'x_mean'):\n"
            "            if name in frame.f_locals: return frame.f_locals[name]\n"
            "        frame = frame.f_back\n    return x[0]"
        ),
        kind="value",
    ),
    "the reference imported": Bad(
        after("from solutions.small.small import means as m; return m(x)"),
        kind="raised",
        says="ModuleNotFoundError",
    ),
}

LEFTOVERS = {
    "a fork left behind": Bad(
        after(f"import os, time\n    if os.fork() == 0: time.sleep(60)\n    {MEANS}"), "ppp"
    ),
    "a fork that returns": Bad(after(f"import os; os.fork(); {MEANS}"), "ppp"),
    "a thread left running": Bad(
        after(
            "import threading, time\n    "
            f"threading.Thread(target=time.sleep, args=(60,)).start()\n    {MEANS}"
        ),
        "ppp",
    ),
    "handlers at exit and for signals": Bad(
        "import atexit, signal, time\natexit.register(time.sleep, 60)\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\nsignal.signal(signal.SIGINT, print)\n",
        "ppp",
    ),
    "an alarm": Bad("import signal\nsignal.setitimer(signal.ITIMER_REAL, 9)\n", "ppp"),
    "a hundred megabytes of prints": Bad(
        after(f"for _ in range(100): print('x' * 2**20)\n    {MEANS}"), "ppp"
    ),
    "prints at import": Bad("for _ in range(50): print('x' * 2**20)\n", "ppp"),
    "a fork at import": Bad("import os\nos.fork()\n", "ppp"),
    "prints without end": Bad(after("while True: print('x' * 999)"), kind="timeout"),
    "no standard output": Bad("import sys\nsys.stdout = sys.stderr = None\n", "ppp"),
    "another folder": Bad(after(f"import os; os.chdir('/'); {MEANS}"), "ppp"),
    "arguments changed": Bad(after("m = np.mean(x, axis=0); x[...] = 0; return m"), "ppp"),
    "warnings as errors": Bad("import warnings\nwarnings.simplefilter('error')\n", "ppp"),
    "numbers that raise": Bad("np.seterr(all='raise')\n", "ppp"),
}

AT_IMPORT = {
    "an infinite loop": Bad(outcomes="fff", kind="import", first="while True: pass", endless=True),
    "sys.exit": Bad(outcomes="fff", kind="import", first="import sys; sys.exit(0)"),
    "os._exit": Bad(
        outcomes="fff",
        kind="import",
        says="while importing small.py, the process ended with exit code 0",
        first="import os; os._exit(0)",
    ),
    "a syntax error": Bad(
        outcomes="fff", kind="import", says="SyntaxError", first="def f(:\n    pass"
    ),
    "an indentation error": Bad(outcomes="fff", kind="import", says="Indent", first="  x = 1"),
    "null bytes": Bad(outcomes="ppp", first="x = '\x00'"),
    "a missing module": Bad(
        outcomes="fff", kind="import", says="No module named", first="import nowhere"
    ),
    "an exception": Bad(outcomes="fff", kind="import", says="ValueError", first="int('x')"),
    "an empty file": Bad(outcomes="fff", kind="missing", good=False),
    "a script with input": Bad(outcomes="fff", kind="import", says="EOF", first="input('n? ')"),
}

CASES = {
    f"{group}: {name}": (bad, group)
    for group, table in {
        "in a call": IN_A_CALL,
        "as an answer": ANSWERS,
        "as a trick": TRICKS,
        "left behind": LEFTOVERS,
        "at import": AT_IMPORT,
    }.items()
    for name, bad in table.items()
}


@pytest.mark.parametrize("name", CASES)
def test_a_bad_file_ends_in_the_right_outcome(
    small: Assignment, hurried: Assignment, tmp_path: Path, name: str
) -> None:
    bad, _ = CASES[name]
    source = "\n".join([bad.first, GOOD if bad.good else "", bad.code])
    soon = bad.endless or bad.kind == "timeout"
    report = graded(hurried if soon else small, tmp_path, {"small.py": source})
    assert report.outcome is not Outcome.ERROR, [f.message for f in found(report)]
    for got, want in zip(outcomes(report), bad.outcomes, strict=True):
        assert want in (got, "."), (outcomes(report), [f.message for f in found(report)])
    assert_earned(report)
    if bad.kind or bad.says or bad.hint:
        first = found(report)[0]
        assert bad.kind in ("", first.kind) and bad.says in first.message, first
        assert bad.hint in first.hint, first
    assert_writable(report)


def assert_earned(report: Report) -> None:
    for question in report.questions:
        passed = question.outcome is Outcome.PASSED
        if passed:
            assert question.earned == question.possible
        elif all(c.outcome is Outcome.FAILED for c in question.checks):
            assert question.earned == 0


def test_the_right_answers_earn_everything(small: Assignment, tmp_path: Path) -> None:
    report = graded(small, tmp_path, {"small.py": GOOD})
    assert (report.earned, outcomes(report), report.hidden_left) == (100, "ppp", 0)
    assert_writable(report)


def test_the_skeleton_earns_nothing(small: Assignment, tmp_path: Path) -> None:
    skeleton = (small.folder / "small.py").read_text()
    report = graded(small, tmp_path, {"small.py": skeleton})
    assert (report.earned, outcomes(report)) == (0, "fff")
    assert {finding.kind for finding in found(report)} == {"unwritten"}
    assert_writable(report)


SHADOWS = ["numpy.py", "conftest.py", "sitecustomize.py", "autograder.py", "wire.py", "json.py"]


@pytest.mark.parametrize("name", SHADOWS)
def test_a_file_that_shadows_another_is_not_taken(
    small: Assignment, tmp_path: Path, name: str
) -> None:
    report = graded(small, tmp_path, {"small.py": GOOD, name: "raise SystemExit('shadow')\n"})
    assert report.earned == 100


@pytest.mark.parametrize("name", ["numpy.py", "json.py", "random.py"])
def test_a_file_that_the_code_writes_shadows_nothing_of_ours(
    small: Assignment, tmp_path: Path, name: str
) -> None:
    code = f"open({name!r}, 'w').write('raise SystemExit')\n" + after("import os; os._exit(0)")
    report = graded(small, tmp_path, {"small.py": GOOD + code})
    assert outcomes(report) == "fpp"


def test_a_link_that_the_code_puts_in_place_of_a_hand_in_is_not_followed(
    small: Assignment, tmp_path: Path
) -> None:
    from autograder.checks.failure import CheckFailed
    from autograder.checks.files import Files
    from autograder.wall.exchange import Exchange

    (tmp_path / "secret").write_text("3.5,2")
    (tmp_path / "table.csv").symlink_to(tmp_path / "secret")
    files = Files(tmp_path, small.files, Exchange.around({}))
    assert files.present("table.csv") is False
    with pytest.raises(CheckFailed, match=r"no table\.csv was handed in"):
        files.text("table.csv")
    (tmp_path / "table.csv").unlink()
    (tmp_path / "table.csv").write_text("3.5,2\n\nx,")
    assert files.table("table.csv") == [[3.5, 2.0], [], ["x", None]]


def cell(*lines: str) -> dict[str, Any]:
    return {"cell_type": "code", "source": "\n".join(lines), "metadata": {}, "outputs": []}


def test_a_notebook_with_bad_cells_loses_only_those(small: Assignment, tmp_path: Path) -> None:
    parts = GOOD.split("\n\n\n")
    cells = [
        cell("%matplotlib inline", "!pip install numpy", parts[0]),
        cell(parts[1]),
        cell("this is not python"),
        cell("1 / 0"),
        cell("import sys", "sys.exit()"),
        cell("\x1b[31m<b>", "raise ValueError('\x1b[2J<script>')"),
        cell("raise ValueError('\\x1b[2J<script>')"),
        cell(parts[2]),
        cell(parts[3]),
    ]
    text = json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells})
    report = graded(small, tmp_path, {"small.ipynb": text})
    assert (report.earned, outcomes(report)) == (100, "ppp")
    told = "\n".join(report.notes)
    assert "cell 4, line 1: ZeroDivisionError" in told and "cell 5, line 2: SystemExit" in told
    assert "\x1b" not in told
    assert_writable(report)


def test_a_hidden_check_tells_neither_inputs_nor_values(small: Assignment, tmp_path: Path) -> None:
    code = "def count(width, channels):\n    print('seen', width, channels)\n"
    code += "    if channels == 7: raise ValueError(f'seen {width}')\n    return 9\n"
    report = graded(small, tmp_path, {"small.py": GOOD + code})
    assert outcomes(report) == "ppf"
    told = json.loads(to_json(report))["questions"][2]["checks"]
    assert [check["outcome"] for check in told] == ["passed", "failed"]
    assert told[1]["finding"]["message"] == "your code raised ValueError"
    for text in (to_json(report), terminal(report, verbose=True), html(report)):
        assert "seen" not in text


def test_an_answer_that_differs_each_time_is_not_the_graders_fault(
    small: Assignment, tmp_path: Path
) -> None:
    code = "import itertools\nN = itertools.count()\ndef normalise(x):\n"
    code += "    return x / np.sum(x, axis=1, keepdims=True) * (1 + (next(N) % 3 == 2))\n"
    report = graded(small, tmp_path, {"small.py": GOOD + code})
    assert report.questions[1].outcome is Outcome.FAILED


def test_a_property_that_fails_slowly_leaves_time_for_the_rest(
    hurried: Assignment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("autograder.checks.properties.SHRINK_SECONDS", 0.5)
    code = "import time\ndef normalise(x):\n    time.sleep(0.1)\n    return x * (x.size > 2)\n"
    report = graded(hurried, tmp_path, {"small.py": GOOD + code})
    assert outcomes(report) == "pfp" and report.seconds < 15
    assert found(report)[0].kind == "value" and found(report)[0].inputs.startswith("normalise(")


def test_a_regrade_gives_the_same_report(
    small: Assignment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A busy machine must not end the search for a small example early in one of the two.
    monkeypatch.setattr("autograder.checks.properties.SHRINK_SECONDS", 60.0)
    code = after(f"{MEANS} + 1e-3 * x[0]") + "def normalise(x): return x\n"
    reports = []
    for number in (1, 2):
        folder = tmp_path / str(number)
        folder.mkdir()
        reports.append(graded(small, folder, {"small.py": GOOD + code}))
    assert found(reports[0]) == found(reports[1]) and len(found(reports[0])) == 4
