"""The skeleton cut from a master, and the file that `grade reset` puts back."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.assignment import Assignment, Handin, Question
from autograder.release.original import ResetError, original, reset
from autograder.release.regions import regions
from autograder.release.skeleton import SkeletonError, cut, stale, write_skeleton

MASTER = '''"""Softmax, and `# BEGIN SOLUTION` quoted in a docstring.

# BEGIN SOLUTION
"""
import numpy as np

HALF = 1 / 2  # kept
QUARTER = 0.25  # SOLUTION

# BEGIN SOLUTION
import math
first, (second, *rest) = 1, (2, 3)
TABLE: dict = {"a": [x for x in range(3)]}
if first:
    chosen = "b"
TABLE["c"] = 4


def helper(x):
    inside = x
    return inside
# END SOLUTION


class Layer:
    """A layer."""

    # BEGIN SOLUTION
    scale = 2

    def hidden(self):
        return 1
    # END SOLUTION

    @property
    def forward(self):
        """forward's docstring"""
        # before
        # BEGIN SOLUTION
        y = self.scale
        # END SOLUTION
        y += 1   # odd   spacing is kept

        def inner():
            total = 3  # SOLUTION
            return total

        if y:
            # BEGIN SOLUTION
            y = inner()
        # END SOLUTION
        return y


class Empty:
    # BEGIN SOLUTION
    def only(self):
        return 1
    # END SOLUTION
'''

SKELETON = '''"""Softmax, and `# BEGIN SOLUTION` quoted in a docstring.

# BEGIN SOLUTION
"""
import numpy as np

HALF = 1 / 2  # kept
QUARTER = None  # your answer

first = None  # your answer
second = None  # your answer
rest = None  # your answer
TABLE = None  # your answer
chosen = None  # your answer


class Layer:
    """A layer."""

    scale = None  # your answer

    @property
    def forward(self):
        """forward's docstring"""
        # before
        raise NotImplementedError("write forward")
        y += 1   # odd   spacing is kept

        def inner():
            raise NotImplementedError("write inner")
            return total

        if y:
            raise NotImplementedError("write forward")
        return y


class Empty:
    pass
'''


def test_a_module_with_every_kind_of_region() -> None:
    assert cut(MASTER) == SKELETON


def test_line_endings_stay() -> None:
    windows = MASTER.replace("\n", "\r\n")
    assert cut(windows) == SKELETON.replace("\n", "\r\n")
    assert cut("x = 1  # SOLUTION") == "x = None  # your answer"


def test_a_form_feed_does_not_shift_the_lines() -> None:
    source = "a = 1\n\x0c\nb = '\x1c\u2028'\n# BEGIN SOLUTION\nc = 3\n# END SOLUTION\nd = 4\n"
    assert cut(source) == "a = 1\n\x0c\nb = '\x1c\u2028'\nc = None  # your answer\nd = 4\n"


def test_a_comment_about_the_solution_may_stand_inside_it() -> None:
    source = BEGIN + "# Solution:\na = 1  # SOLUTION\n" + END
    assert cut(source) == "a = None  # your answer\n"


BEGIN, END = "# BEGIN SOLUTION\n", "# END SOLUTION\n"

UNUSABLE = {
    "never ended": ("x = 1\n" + BEGIN + "y = 2\n", "line 2: no '# END SOLUTION'"),
    "never begun": ("x = 1\n" + END, "line 2: no '# BEGIN SOLUTION'"),
    "nested": (BEGIN + "a = 1\n" + BEGIN + END + END, "line 3: the solution of line 1"),
    "ended twice": (BEGIN + "a = 1\n" + END + END, "line 4: no '# BEGIN"),
    "empty": ("a = 1\n" + BEGIN + END, "line 2: this solution holds no statement"),
    "behind code": ("a = 1  # BEGIN SOLUTION\n" + END, "line 1: .* must stand alone"),
    "end behind code": (BEGIN + "a = 1  # END SOLUTION\n", "line 2: .* must stand alone"),
    "behind a decorator": (
        "@property\n" + BEGIN + "def f():\n    return 1\n" + END,
        "line 2: .* whole statements",
    ),
    "the end of a head": (
        "def f(a,\n" + BEGIN + "b):\n    return 1\n" + END,
        "line 2: .* whole statements",
    ),
    "an else": (
        "if 1:\n" + BEGIN + "    a = 1\nelse:\n" + END + "    b = 2\n",
        "line 2: .* whole statements",
    ),
    "in brackets": ("a = [\n" + BEGIN + "1,\n" + END + "]\n", "line 2: .* whole statements"),
    "half a function": (
        BEGIN + "def f():\n    a = 1\n" + END + "    return a\n",
        "line 1: .* whole",
    ),
    "across functions": (
        "def f():\n    a = 1\n" + BEGIN + "    return a\ndef g():\n    return 1\n" + END,
        "line 3: .* whole statements",
    ),
    "across branches": (
        "if 1:\n    a = 1\n" + BEGIN + "    b = 2\nelse:\n    b = 3\n" + END,
        "line 3: .* whole statements",
    ),
    "lower case": ("# begin solution\na = 1\n# end solution\n", "line 1: .* almost a marker"),
    "plural": ("# BEGIN SOLUTIONS\na = 1\n" + END, "line 1: .* almost"),
    "no space": ("#BEGIN SOLUTION\na = 1\n" + END, "line 1: .* almost"),
    "with words": ("# BEGIN SOLUTION no prompt\na = 1\n" + END, "line 1: .* almost"),
    "three signs": ("### BEGIN SOLUTION\na = 1\n### END SOLUTION\n", "line 1: .* almost"),
    "end misspelt": (BEGIN + "a = 1\n# End solution\nb = 2\n" + END, "line 3: .* almost"),
    "trailing, lower case": ("a = 1  # solution\n", "line 1: .* almost"),
    "trailing, alone": ("# SOLUTION\na = 1\n", "line 1: .* almost"),
    "trailing on a call": ("print(1)  # SOLUTION\n", "line 1: .* end an assignment of one line"),
    "trailing on two lines": ("a = (1,\n     2)  # SOLUTION\n", "line 2: .* of one line"),
    "trailing on two statements": ("a = 1; b = 2  # SOLUTION\n", "line 1: .* of one line"),
    "trailing on a one-line class": ("class A: x = 1  # SOLUTION\n", "line 1: .* of one line"),
    "no Python": ("def f(:\n", "line 1: not valid Python"),
    "a null byte": ("a = 1\x00\n", "not valid Python"),
}


@pytest.mark.parametrize("name", UNUSABLE)
def test_markers_that_cannot_be_used_are_named_with_their_line(name: str) -> None:
    source, says = UNUSABLE[name]
    with pytest.raises(SkeletonError, match=says):
        cut(source)


# ------------------------------------------------- random modules with marked regions

names = st.from_regex(r"[a-z][a-z]{0,5}_(?:kept)", fullmatch=True)
numbers = st.integers(0, 10**6)


@st.composite
def kept_statement(draw: st.DrawFn) -> list[str]:
    name, number = draw(names), draw(numbers)
    return draw(
        st.sampled_from(
            [
                [f"{name} = {number}"],
                [f"{name} = {number}   # a comment about the solution, kept"],
                ["# a line of its own"],
                [f"if {number}:", f"    {name} = {number}", "else:", "    pass"],
                [f'{name} = """', "  # END SOLUTION in a text", '"""'],
                ["try:", f"    {name} = {number}", "finally:", f"    {name} = 0"],
            ]
        )
    )


@st.composite
def secret_statement(draw: st.DrawFn) -> list[str]:
    number = draw(numbers)
    secret = f"secret_{number}"
    return draw(
        st.sampled_from(
            [
                [f"{secret} = {number} + 1"],
                [f"for step in [{number}]:", f"    {secret} = step + {number}"],
                [f"def {secret}(x):", f"    return x + {number}"],
                [f"{secret}_a, {secret}_b = ({number},", f"    {number} + 2)"],
                [f"class {secret}:", f"    field_{number} = {number}"],
                [f"import os as {secret}"],
            ]
        )
    )


@st.composite
def region(draw: st.DrawFn) -> tuple[list[str], list[str]]:
    body = [
        row for part in draw(st.lists(secret_statement(), min_size=1, max_size=3)) for row in part
    ]
    return ["# BEGIN SOLUTION", *body, "# END SOLUTION"], body


@st.composite
def block(draw: st.DrawFn, depth: int = 0) -> tuple[list[str], list[str], list[str]]:
    """Return (rows, rows to be kept, rows of solutions) of a block of statements."""
    rows, kept, secret = [f"first_kept = {depth}"], [f"first_kept = {depth}"], list[str]()
    for _ in range(draw(st.integers(0, 4))):
        what = draw(st.sampled_from(["kept", "region", "function", "class"]))
        if what == "kept" or (what in ("function", "class") and depth > 2):
            part = draw(kept_statement())
            rows, kept = rows + part, kept + part
        elif what == "region":
            marked, body = draw(region())
            rows, secret = rows + marked, secret + body
        else:
            head = f"def {draw(names)}(x):" if what == "function" else f"class {draw(names)}:"
            inner = draw(block(depth + 1))
            indented = [[f"    {row}" for row in part] for part in inner]
            rows, kept = [*rows, head, *indented[0]], [*kept, head, *indented[1]]
            secret = secret + indented[2]
    return rows, kept, secret


@settings(max_examples=120, deadline=None)
@given(block())
def test_no_solution_line_is_left_and_everything_else_is_kept(
    made: tuple[list[str], list[str], list[str]],
) -> None:
    rows, kept, secret = made
    source = "\n".join(rows) + "\n"
    result = cut(source)
    ast.parse(result)
    assert cut(result) == result
    assert not regions(result)
    left = result.splitlines()
    fresh = [r for r in left if "# your answer" in r or "raise NotImplementedError" in r]
    assert [r for r in left if r not in fresh] == kept
    assert not {r.strip() for r in secret} & {r.strip() for r in left}


# ------------------------------------------------- files


def sample(root: Path, solution: bool = True) -> Assignment:
    public, secret = root / "assignments" / "tiny", root / "solutions" / "tiny"
    public.mkdir(parents=True)
    (public / "tiny.py").write_text("stale\n")
    if solution:
        secret.mkdir(parents=True)
        (secret / "tiny.py").write_text(
            "def f(x):\n    # BEGIN SOLUTION\n    return 7\n    # END SOLUTION\n"
        )
    files = (Handin("tiny.py"), Handin("table.csv", required=False))
    return Assignment(
        "tiny",
        "Tiny",
        public,
        secret if solution else None,
        "tiny.py",
        files,
        (Question("q1", "f", 1),),
    )


WANTED = 'def f(x):\n    raise NotImplementedError("write f")\n'


def test_write_skeleton_writes_what_is_stale(tmp_path: Path) -> None:
    assignment = sample(tmp_path)
    assert stale(assignment) == ["tiny.py"]
    assert write_skeleton(assignment) == [assignment.folder / "tiny.py"]
    assert (assignment.folder / "tiny.py").read_text() == WANTED
    assert stale(assignment) == [] == write_skeleton(assignment)
    (assignment.folder / "tiny.py").unlink()
    assert stale(assignment) == ["tiny.py"]


def test_an_unusable_master_is_named(tmp_path: Path) -> None:
    assignment = sample(tmp_path)
    assert assignment.solution is not None
    (assignment.solution / "tiny.py").write_text("# BEGIN SOLUTION\n")
    with pytest.raises(SkeletonError, match=r"tiny\.py, line 1: no '# END"):
        write_skeleton(assignment)
    with pytest.raises(ResetError, match="line 1"):
        original(assignment, "tiny.py")


def test_reset_keeps_every_earlier_version(tmp_path: Path) -> None:
    assignment = sample(tmp_path)
    work = tmp_path / "work"
    work.mkdir()
    file = work / "tiny.py"
    assert reset(assignment, "tiny.py", work) is None
    assert file.read_text() == WANTED
    assert reset(assignment, "tiny.py", work) is None
    for text, name in (("one", "tiny.py.bak"), ("two", "tiny.py.bak2"), ("three", "tiny.py.bak3")):
        file.write_text(text)
        assert reset(assignment, "tiny.py", work) == work / name
    kept = {p.name: p.read_text() for p in work.iterdir()}
    assert kept == {
        "tiny.py": WANTED,
        "tiny.py.bak": "one",
        "tiny.py.bak2": "two",
        "tiny.py.bak3": "three",
    }


def test_without_solutions_the_kept_original_is_put_back(tmp_path: Path) -> None:
    assignment = sample(tmp_path, solution=False)
    with pytest.raises(ResetError, match=r"\.original/tiny\.py is missing"):
        original(assignment, "tiny.py")
    (assignment.folder / ".original").mkdir()
    (assignment.folder / ".original" / "tiny.py").write_text(WANTED)
    assert reset(assignment, "tiny.py", assignment.folder) == assignment.folder / "tiny.py.bak"
    assert (assignment.folder / "tiny.py").read_text() == WANTED
    (assignment.folder / ".original" / "table.csv").write_text("a,b\n")
    assert original(assignment, "table.csv") == "a,b\n"


@pytest.mark.parametrize("name", ["other.py", "../tiny.py", "assignment.toml", ""])
def test_only_files_of_the_assignment_are_put_back(tmp_path: Path, name: str) -> None:
    with pytest.raises(ResetError, match=r"its files are tiny\.py, table\.csv"):
        reset(sample(tmp_path), name, tmp_path)
