"""`assignment.toml`: what is right loads, what is wrong is named with file, line and key."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder import manifest
from autograder.assignment import (
    AssignmentError,
    Handin,
    Limits,
    Question,
    UnknownAssignment,
    load,
    names,
)
from autograder.policy import Attempts, Late, Publication

GOOD = """\
title = "Batch normalisation by hand"
module = "bn.py"
points = 40
torch = false

[[file]]
name = "bn.py"

[[file]]
name = "table.csv"
instead = ["table.xlsx"]
required = false
about = "the numeric table"

[limits]
call_seconds = 5
memory_mb = 512

[[question]]
id = "q1"
title = "the normalised matrix"
points = 15
hidden = 2
hints = ["first nudge", "stronger"]

[[question]]
id = "q2"
title = "backward"
points = 25
needs = ["q1"]
"""


def house(root: Path, text: str | bytes = GOOD, name: str = "bn") -> Path:
    folder = root / "assignments" / name
    folder.mkdir(parents=True)
    (folder / "bn.py").write_text("def f(): ...\n")
    data = text.encode() if isinstance(text, str) else text
    (folder / "assignment.toml").write_bytes(data)
    return root


def complaint(root: Path, text: str | bytes) -> str:
    with pytest.raises(AssignmentError) as caught:
        load("bn", house(root, text))
    return str(caught.value)


def test_a_good_file_gives_every_field(tmp_path: Path) -> None:
    found = load("bn", house(tmp_path))
    assert (found.name, found.title, found.module) == ("bn", "Batch normalisation by hand", "bn.py")
    assert found.folder == tmp_path / "assignments" / "bn"
    assert found.solution is None
    assert found.light
    assert found.points == 40
    assert found.files == (
        Handin("bn.py"),
        Handin("table.csv", ("table.xlsx",), False, "the numeric table"),
    )
    assert found.limits == Limits(call_seconds=5, memory_mb=512)
    assert found.questions == (
        Question("q1", "the normalised matrix", 15, 2, (), ("first nudge", "stronger")),
        Question("q2", "backward", 25, 0, ("q1",), ()),
    )


def test_the_solution_folder_is_found_and_torch_is_told(tmp_path: Path) -> None:
    house(tmp_path, GOOD.replace("torch = false", "torch = true"))
    (tmp_path / "solutions" / "bn").mkdir(parents=True)
    found = load("bn", tmp_path)
    assert found.solution == tmp_path / "solutions" / "bn"
    assert not found.light


@pytest.mark.parametrize("start", [b"\xef\xbb\xbf", b""])
def test_windows_files_load_and_keep_their_line_numbers(tmp_path: Path, start: bytes) -> None:
    text = start + GOOD.replace("\n", "\r\n").encode()
    assert load("bn", house(tmp_path, text)).points == 40
    (tmp_path / "assignments/bn/assignment.toml").write_bytes(text.replace(b"hidden", b"hiden"))
    with pytest.raises(AssignmentError, match=r"assignment\.toml:23: question 1: hiden"):
        load("bn", tmp_path)


# (what is replaced, by what, all of these must be said)
WRONG = {
    "unknown key at the top": ("torch =", "troch =", [":4: troch:", 'did you mean "torch"']),
    "unknown key far from all": (
        "torch =",
        "xyzzy =",
        [":4: xyzzy:", "known here: title, module, points, torch"],
    ),
    "unknown table": ("[limits]", "[limit]", [":15: limit:", 'did you mean "limits"']),
    "unknown key in a file": ("about =", "abuot =", [":13: file 2: abuot", '"about"']),
    "unknown limit": ("memory_mb", "memory", [":17: limits: memory:", '"memory_mb"']),
    "unknown key in a question": ("hidden =", "hiden =", [":23: question 1: hiden", '"hidden"']),
    "title missing": ('title = "Batch normalisation by hand"\n', "", ["title:", "is missing"]),
    "question without id": ('id = "q1"\n', "", [":19: question 1: id:", "is missing"]),
    "title is a number": ('title = "backward"', "title = 7", [":28: question 2: title", "found 7"]),
    "empty title": ('title = "backward"', 'title = " "', [":28:", "a text that is not empty"]),
    "points is a bool": ("points = 15", "points = true", [":22:", "a number above 0, found true"]),
    "points is a text": ("points = 15", 'points = "15"', [":22:", "found '15'"]),
    "points zero": ("points = 15", "points = 0", [":22:", "a number above 0"]),
    "points negative": ("points = 15", "points = -1", [":22:", "a number above 0"]),
    "points nan": ("points = 15", "points = nan", [":22:", "a number above 0"]),
    "points infinite": ("points = 15", "points = inf", [":22:", "a number above 0"]),
    "points enormous": ("points = 15", f"points = {10**400}", [":22:", "a number above 0"]),
    "points do not add up": ("points = 15", "points = 14", [":3: points: is 40", "add up to 39"]),
    "hidden is a bool": ("hidden = 2", "hidden = true", [":23:", "a whole number"]),
    "hidden is a fraction": ("hidden = 2", "hidden = 2.5", [":23:", "found 2.5"]),
    "torch is a number": ("torch = false", "torch = 0", [":4: torch: wanted true or false"]),
    "hints hold a number": ('"stronger"', "3", [":24: question 1: hints", "a list of texts"]),
    "hints are one text": ('["first nudge", "stronger"]', '"go"', [":24:", "found 'go'"]),
    "limit zero": ("call_seconds = 5", "call_seconds = 0", [":16: limits: call_seconds"]),
    "limit nan": ("call_seconds = 5", "call_seconds = nan", [":16: limits: call_seconds"]),
    "memory is no whole number": ("memory_mb = 512", "memory_mb = 0.5", [":17:", "whole number"]),
    "limits twice": ("[limits]", "[[limits]]", [": limits: wanted a [limits] table, found a list"]),
    "duplicate question": ('id = "q2"', 'id = "q1"', [":27: question 2: id: 'q1'", "earlier"]),
    "id with capitals": ('id = "q2"', 'id = "Q2"', [":27:", "'Q2'", "a-z"]),
    "id with a path": ('id = "q2"', 'id = "../q2"', [":27:", "a-z"]),
    "needs unknown": (
        '["q1"]',
        '["q11"]',
        [":30: question 2: needs", "'q11'; did you mean \"q1\""],
    ),
    "needs itself": ('["q1"]', '["q2"]', [":30:", "this question itself"]),
    "needs a later one": ("hidden = 2", 'needs = ["q2"]', [":23: question 1: needs", "later"]),
    "module not a file": ('module = "bn.py"', 'module = "bm.py"', [":2: module", '"bn.py"']),
    "module not python": ('module = "bn.py"', 'module = "table.csv"', [":2:", "not a .py file"]),
    "module not required": (
        'name = "bn.py"',
        'name = "bn.py"\nrequired=false',
        [":2:", "required"],
    ),
    "duplicate file": ('"table.csv"', '"BN.py"', [":10: file 2: name", "already used by file 1"]),
    "duplicate instead": ('["table.xlsx"]', '["bn.py"]', [":11: file 2: instead", "file 1"]),
    "file in a folder": ('"table.csv"', '"a/table.csv"', [":10:", "plain file name"]),
    "file above": ('"table.csv"', "'..\\table.csv'", [":10:", "plain file name"]),
    "hidden file": ('"table.csv"', '".table"', [":10:", "plain file name"]),
    "stream name": ('"table.csv"', '"table:csv"', [":10:", "plain file name"]),
    "unimportable": ('"table.csv"', '"my-table.py"', [":10:", "no Python name"]),
    "our own file": ('"table.csv"', '"test_public.py"', [":10:", "of the assignment"]),
}


POLICIES = """
[late]
per_day = 10
most = 50
grace_minutes = 15

[attempts]
most = 20
within = 3
hours = 12

[gradescope]
hidden = "after_published"
hints = false
minutes = 20
"""


def test_policies_are_read(tmp_path: Path) -> None:
    found = load("bn", house(tmp_path, GOOD + POLICIES))
    assert found.late == Late(10, 50, 15)
    assert found.attempts == Attempts(20, 3, 12)
    assert found.publication == Publication("after_published", False, (), 20)


def test_without_policies_nothing_is_lost_and_hidden_checks_stay_hidden(tmp_path: Path) -> None:
    found = load("bn", house(tmp_path))
    assert (found.late.per_day, found.attempts.most, found.attempts.within) == (0, 0, 0)
    assert found.publication.hidden == "hidden" and not found.publication.leaderboard


# (what is replaced, by what, all of these must be said)
WRONG_POLICIES = {
    "more than all": ("per_day = 10", "per_day = 101", [":33: late: per_day", "from 0 to 100"]),
    "a flag for a number": ("per_day = 10", "per_day = false", [":33:", "found false"]),
    "lateness without a price": ("per_day = 10\n", "", ["late: per_day: this key is missing"]),
    "no such visibility": ('"after_published"', '"later"', [":43:", "hidden, after_published"]),
    "no such figure": ("hints = false", 'leaderboard = ["loss"]', ["accuracy, parameters"]),
    "a board of nothing": ("hints = false", 'leaderboard = ["accuracy"]', ["no [training]"]),
    "more in a window than in all": ("within = 3", "within = 30", [":39:", "only 20 are allowed"]),
    "attempts that limit nothing": ("most = 20\nwithin = 3\n", "", ["attempts: limits nothing"]),
    "less time than code may take": (
        "minutes = 20",
        "minutes = 1.5",
        [":45: gradescope: minutes: 90 s are too few for code that may run 60 s"],
    ),
    "no time at all": ("minutes = 20", "minutes = 0", [":45: gradescope: minutes"]),
}


@pytest.mark.parametrize("case", WRONG_POLICIES)
def test_each_wrong_policy_is_named(tmp_path: Path, case: str) -> None:
    old, new, said = WRONG_POLICIES[case]
    assert POLICIES.count(old) == 1
    message = complaint(tmp_path, GOOD + POLICIES.replace(old, new))
    for words in said:
        assert words in message


@pytest.mark.parametrize("case", WRONG)
def test_each_mistake_is_named_with_line_and_key(tmp_path: Path, case: str) -> None:
    old, new, said = WRONG[case]
    assert GOOD.count(old) == 1, "the case must change the file in one place"
    message = complaint(tmp_path, GOOD.replace(old, new))
    assert message.startswith("assignments/bn/assignment.toml")
    for words in said:
        assert words in message


@pytest.mark.parametrize("key", ["file", "question"])
@pytest.mark.parametrize("value", [{"name": "bn.py"}, [], ["bn.py"], "bn.py", 1])
def test_files_and_questions_are_lists_of_tables(key: str, value: object) -> None:
    found = manifest.problems({key: value})
    assert any(p.place == (key,) and f"[[{key}]] tables, found" in p.says for p in found)


def test_a_missing_skeleton_is_named_with_what_is_there(tmp_path: Path) -> None:
    (tmp_path / "solutions" / "bn").mkdir(parents=True)
    text = GOOD.replace("required = false", "required = true").replace('"table.csv"', '"bm.py"')
    message = complaint(tmp_path, text)
    assert message == (
        "assignments/bn/assignment.toml:10: file 2: name: the skeleton bm.py is not in the "
        'folder of the assignment; did you mean "bn.py"?'
    )


def test_all_problems_are_told_at_once(tmp_path: Path) -> None:
    text = GOOD.replace("hidden = 2", "hiden = 2").replace("memory_mb", "memory")
    first, second = complaint(tmp_path, text).splitlines()
    assert ":17:" in first and ":23:" in second


def test_a_key_inside_a_long_text_does_not_shift_the_lines(tmp_path: Path) -> None:
    text = GOOD.replace('"backward"', '"""\npoints = 3\n[limits]\n"""').replace("= 25", "= true")
    assert ":32: question 2: points" in complaint(tmp_path, text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("title = \n", "line 1"),
        (GOOD + "title = 3\ntitle = 4\n", "line 31"),
        (b'title = "\xff"\n', "not UTF-8 at byte 9"),
        (f"points = {'9' * 5000}\n", "not valid TOML"),
        ("", "title: this key is missing"),
    ],
)
def test_what_is_no_toml_is_told_with_its_line(
    tmp_path: Path, text: str | bytes, said: str
) -> None:
    assert said in complaint(tmp_path, text)


def test_names_lists_only_folders_with_an_assignment(tmp_path: Path) -> None:
    for name in ("lenet", "bn", "Not-A-Name"):
        house(tmp_path, name=name)
    (tmp_path / "assignments" / "empty").mkdir()
    assert names(tmp_path) == ["bn", "lenet"]
    assert names(tmp_path / "nowhere") == []


@pytest.mark.parametrize(
    ("name", "suggestions"),
    [
        ("lenett", ("lenet",)),
        ("LENET", ("lenet",)),
        ("../lenet", ("lenet",)),
        ("completely_else", ()),
        ("", ()),
        ("x" * 100_000, ()),
    ],
)
def test_an_unknown_name_suggests_the_nearest(
    tmp_path: Path, name: str, suggestions: tuple[str, ...]
) -> None:
    house(tmp_path, name="lenet")
    with pytest.raises(UnknownAssignment) as caught:
        load(name, tmp_path)
    assert caught.value.name == name
    assert caught.value.suggestions == suggestions
    assert len(str(caught.value)) < 200
    assert all(word in str(caught.value) for word in suggestions)


@pytest.mark.parametrize("name", ["../bn", "bn/../bn", "assignments/bn", "/etc", "bn\0", "bn/"])
def test_no_name_leaves_the_folder_of_assignments(tmp_path: Path, name: str) -> None:
    with pytest.raises(UnknownAssignment):
        load(name, house(tmp_path))


VALUES = st.recursive(
    st.sampled_from(["1", "-3", "0.5", "nan", "true", '"q1"', '"bn.py"', '""', "1999-01-01"]),
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda v: f"[{', '.join(v)}]")
        | inner.map(lambda v: f"{{ id = {v}, name = {v} }}")
    ),
    max_leaves=5,
)
LINES = st.one_of(
    st.sampled_from(GOOD.splitlines()),
    st.builds(
        "{} = {}".format,
        st.sampled_from(["title", "points", "needs", "file", "question", "limits", "id", "x.y"]),
        VALUES,
    ),
    st.text(max_size=12),
)


@settings(max_examples=120, deadline=None, derandomize=True, database=None)
@given(st.lists(LINES, max_size=40).map("\n".join))
def test_any_text_loads_or_is_an_assignment_error(
    tmp_path_factory: pytest.TempPathFactory, text: str
) -> None:
    root = house(tmp_path_factory.mktemp("any"), text.encode("utf-8", "replace"))
    try:
        found = load("bn", root)
    except AssignmentError as error:
        assert str(error).startswith("assignments/bn/assignment.toml")
    else:
        assert found.points == pytest.approx(40)


def test_loading_an_assignment_imports_nothing_heavy(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from autograder.assignment import load\n"
        f"load('bn', Path({str(house(tmp_path))!r}))\n"
        "heavy = {'numpy', 'sympy', 'torch', 'pytest', 'hypothesis', 'nbformat', 'difflib'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
