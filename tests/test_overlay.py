"""Overlays over a master, submissions of junk, and secrets in public files."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from autograder.assignment import Assignment, Handin, Question
from autograder.junk import KINDS, junk_module
from autograder.leaks import leaks, secret_lines
from autograder.overlay import (
    OverlayError,
    overlay_paths,
    read_overlay,
    write_junk,
    write_overlay,
)

MASTER = '''"""The master."""

from __future__ import annotations

import numpy as np

RATE = 0.5
_PRIVATE = 1


def scale(x):
    # BEGIN SOLUTION
    shifted = x - x.mean(axis=0)
    for i in range(10):
        x = shifted * RATE
    return shifted
    # END SOLUTION


def _helper(x):
    return x


class Layer:
    size = 3

    def __init__(self, size):
        self.size = size

    def __call__(self, x):
        return x

    @property
    def total(self):
        return 1

    @staticmethod
    def of(x):
        return x

    def _own(self):
        return 2


answer, (other, *more) = 1, (2, 3)  # SOLUTION
'''


@pytest.fixture
def sample(tmp_path: Path) -> Assignment:
    public, secret = tmp_path / "assignments" / "demo", tmp_path / "solutions" / "demo"
    for folder in (public, secret / "wrong", secret / "right"):
        folder.mkdir(parents=True)
    (secret / "demo.py").write_text(MASTER)
    (secret / "table.csv").write_text("1,2\n")
    (secret / "plot.png").write_bytes(b"\x89PNG")
    files = (
        Handin("demo.py"),
        Handin("table.csv", instead=("table.xlsx",)),
        Handin("plot.png", required=False),
    )
    return Assignment("demo", "Demo", public, secret, "demo.py", files, (Question("q1", "t", 1),))


def wrong(sample: Assignment, text: str, name: str = "slip.py") -> Path:
    assert sample.solution is not None
    path = sample.solution / "wrong" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    return path


def contents(folder: Path) -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in folder.iterdir()}


def test_an_overlay_says_what_it_loses(sample: Assignment) -> None:
    text = '"""Divides by m - 1.\n\nMore words.\nloses: q1, q3\nhint: "divide by m"\n"""\nx = 1\n'
    overlay = read_overlay(sample, "wrong", wrong(sample, text))
    assert (overlay.about, overlay.loses, overlay.hint) == (
        "Divides by m - 1.",
        ("q1", "q3"),
        "divide by m",
    )
    assert (overlay.name, overlay.label) == ("slip", "wrong/slip")


UNUSABLE = {
    "no docstring": ("x = 1\n", "has no line `loses: q1`"),
    "no loses": ('"""A.\n\nhint: b\n"""\n', "has no line `loses: q1`"),
    "no hint": ('"""A.\n\nloses: q1\n"""\n', "has no line `hint: "),
    "an empty hint": ('"""A.\n\nloses: q1\nhint: ""\n"""\n', "has an empty line `hint: "),
    "two hints": ('"""A.\n\nloses: q1\nhint: a\nhint: b\n"""\n', "has more than one line `hint:"),
    "no Python": ('"""A."""\ndef f(:\n', r"is not valid Python \(line 2:"),
}


@pytest.mark.parametrize("name", UNUSABLE)
def test_a_wrong_answer_that_promises_nothing_is_refused(sample: Assignment, name: str) -> None:
    text, says = UNUSABLE[name]
    with pytest.raises(OverlayError, match=says):
        read_overlay(sample, "wrong", wrong(sample, text))


def test_a_folder_without_the_module_is_refused(sample: Assignment) -> None:
    path = wrong(sample, "1,3\n", "slip/table.csv").parent
    with pytest.raises(OverlayError, match=r"holds no demo\.py"):
        read_overlay(sample, "wrong", path)
    assert read_overlay(sample, "right", path).about == ""


def test_overlays_are_files_and_folders(sample: Assignment) -> None:
    for name in ("b.py", "a/demo.py", "_draft.py", ".hidden.py", "notes.txt", "__pycache__/x.py"):
        wrong(sample, "", name)
    assert [p.name for p in overlay_paths(sample, "wrong")] == ["a", "b.py"]
    assert overlay_paths(sample, "right") == []


def test_an_overlay_comes_last_and_wins(sample: Assignment, tmp_path: Path) -> None:
    text = '"""W.\n\nloses: q1\nhint: h\n"""\nfrom __future__ import annotations\nRATE = 2\n'
    overlay = read_overlay(sample, "wrong", wrong(sample, text))
    into = tmp_path / "into"
    into.mkdir()
    write_overlay(sample, overlay, into)
    written = contents(into)
    assert set(written) == {"demo.py", "table.csv", "plot.png"}
    source = written["demo.py"].decode()
    assert source.startswith(MASTER + "\n\n\n")
    scope: dict[str, object] = {}
    exec(compile(source, "demo.py", "exec"), scope)
    assert scope["RATE"] == 2 and scope["answer"] == 1


def test_a_folder_replaces_hand_ins_under_any_of_their_names(
    sample: Assignment, tmp_path: Path
) -> None:
    wrong(sample, '"""W.\n\nloses: q1\nhint: h\n"""\nRATE = 2\n', "slip/demo.py")
    path = wrong(sample, "sheet", "slip/table.xlsx").parent
    into = tmp_path / "into"
    into.mkdir()
    write_overlay(sample, read_overlay(sample, "wrong", path), into)
    written = contents(into)
    assert set(written) == {"demo.py", "table.xlsx", "plot.png"}
    assert written["table.xlsx"] == b"sheet"
    assert written["demo.py"].decode().endswith("RATE = 2\n")


def test_the_master_alone(sample: Assignment, tmp_path: Path) -> None:
    assert sample.solution is not None
    (sample.solution / "table.xlsx").write_bytes(b"the same in another form")
    into = tmp_path / "into"
    into.mkdir()
    write_overlay(sample, None, into)
    names = ("demo.py", "table.csv", "plot.png")
    assert contents(into) == {name: (sample.solution / name).read_bytes() for name in names}


# ------------------------------------------------------------------ junk


@pytest.mark.parametrize("kind", KINDS)
def test_every_public_name_of_a_junk_module_is_junk(kind: str) -> None:
    scope: dict[str, object] = {}
    exec(compile(junk_module(MASTER, kind), "junk.py", "exec"), scope)
    layer = scope["Layer"](1, size=2)  # type: ignore[operator]
    made = [scope["RATE"], scope["answer"], scope["other"], scope["more"]]
    made += [scope["scale"](), scope["scale"](1, x=2), layer(5), layer.size]  # type: ignore[operator]
    made += [layer.total, layer.of(1), scope["Layer"].of(1)]  # type: ignore[attr-defined]
    value = KINDS[kind]()
    kinds = {type(value).__name__} | ({"method"} if kind == "function" else set())
    assert {type(m).__name__ for m in made} <= kinds
    if kind in ("number", "huge_integer", "word", "raw_bytes", "complex_number", "too_many_digits"):
        assert all(m == value for m in made)
    assert not {"_PRIVATE", "_helper", "np"} & set(scope)
    assert not hasattr(layer, "_own") or kind == "hostile_object"


def test_junk_modules_import_in_a_fresh_process(sample: Assignment, tmp_path: Path) -> None:
    for kind in KINDS:
        (tmp_path / kind).mkdir()
        write_junk(sample, kind, tmp_path / kind)
        assert set(contents(tmp_path / kind)) == {"demo.py", "table.csv", "plot.png"}
    program = "import sys\nfor p in sys.argv[1:]: exec(compile(open(p).read(), p, 'exec'), {})"
    paths = [str(tmp_path / kind / "demo.py") for kind in KINDS]
    subprocess.run([sys.executable, "-I", "-c", program, *paths], check=True)
    assert len({(tmp_path / kind / "table.csv").read_bytes() for kind in KINDS}) > 3


# ------------------------------------------------------------------ leaks


def test_the_telling_lines_of_a_solution() -> None:
    assert secret_lines({"demo.py": MASTER}) == {
        "shifted = x - x.mean(axis=0)": "demo.py:13",
        "x = shifted * RATE": "demo.py:15",
        "answer, (other, *more) = 1, (2, 3)": "demo.py:45",
    }
    outside = MASTER + "\n\ndef again(x):\n    shifted  = x - x.mean(axis=0)\n"
    assert "shifted = x - x.mean(axis=0)" not in secret_lines({"demo.py": outside})


LEAKS = {
    "a line": ("README.md", "Do\n\n\tshifted  =  x - x.mean(axis=0)\n", "line 3 holds `shifted"),
    "inside a sentence": ("a/b.md", "use `x = shifted * RATE`, then", "line 1 holds `x = shifted"),
    "a comment": ("test_public.py", "#x = shifted * RATE\n", "line 1 holds `x = shifted"),
    "the kept original": (".original/demo.py", "x = shifted * RATE\n", "line 1 holds"),
    "the name of a hidden check": (
        "README.md",
        "see test_secret",
        "names the hidden check test_se",
    ),
    "the words of a hidden check": (
        "README.md",
        "rows  have\nvariance 1",
        "says the requirement of",
    ),
    "an import": (
        "test_public.py",
        "from solutions.demo import demo\n",
        "line 1 reaches for the sol",
    ),
    "a path": ("test_public.py", "p = '../solutions/demo'\n", "line 1 reaches for the solutions"),
    "the hidden file": ("test_public.py", "import test_hidden\n", "line 1 reaches for the sol"),
    "no Python": ("extra.py", "def f(:\n", "is not valid Python"),
}
HIDDEN = (("test_secret", "rows have variance 1"), ("test_short", "zero"))


@pytest.mark.parametrize("name", LEAKS)
def test_a_leak_is_said(sample: Assignment, name: str) -> None:
    file, text, says = LEAKS[name]
    path = sample.folder / file
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    (found,) = leaks(sample, HIDDEN)
    assert found.where == file
    assert re.match(says, found.says), found.says


HARMLESS = {
    "a common line": ("test_public.py", "for i in range(10):\n    pass\nreturned = 1\n"),
    "the end of a longer name": ("README.md", "xx = shifted * RATE"),
    "the start of a longer name": ("README.md", "x = shifted * RATES"),
    "a line outside the solution": ("demo.py", "RATE = 0.5\nimport numpy as np\n"),
    "a longer name of a check": ("README.md", "test_secretly zero"),
    "the word solutions": ("test_public.py", '"""solutions of the equation."""\nx = "solution"\n'),
    "compiled files": ("__pycache__/x.py", "x = shifted * RATE"),
    "a picture": ("plot.png", "\0x = shifted * RATE"),
}


@pytest.mark.parametrize("name", HARMLESS)
def test_what_is_no_leak(sample: Assignment, name: str) -> None:
    file, text = HARMLESS[name]
    path = sample.folder / file
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    assert leaks(sample, HIDDEN) == []
