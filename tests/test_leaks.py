"""Nothing secret goes out: planted leaks are found, and the course as it is holds none."""

from __future__ import annotations

import py_compile
import re
import shutil
import subprocess
import time
from dataclasses import replace
from pathlib import Path

import pytest
from planted import (
    BN,
    HIDDEN,
    LINE,
    PLANTED,
    RECORDED,
    ROOT,
    VALUES,
    cell,
    notebook,
    numbered,
    renamed,
)
from planted_packed import AT, CHECKS, CONV, HIDDEN_SOURCE, LARGE, OPEN, PACKED, SIZES, whole_checks

from autograder.assignment import Assignment, load, names
from autograder.grading import collect
from autograder.handin.given import KEPT
from autograder.leaks import leaks, release_leaks
from autograder.release.members import Member, archive
from autograder.release.new import new
from autograder.release.skeleton import cut, masters
from autograder.release.student import release


def public(assignment: Assignment) -> list[Member]:
    """Return what goes out without the toolkit: the folder, the originals, a notebook."""
    inside = f"assignments/{assignment.name}"
    files = [p for p in assignment.folder.iterdir() if p.is_file()]
    cells = [cell(cut(source).splitlines(keepends=True)) for source in masters(assignment).values()]
    about = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    return [
        *(Member(f"{inside}/{path.name}", path.read_bytes()) for path in files),
        *(
            Member(f"{inside}/{KEPT}/{name}", cut(source).encode())
            for name, source in masters(assignment).items()
        ),
        Member(f"{inside}/{assignment.name}.ipynb", notebook(*cells, **about)),
    ]


# ------------------------------------------------------------------ planted leaks


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_leak_is_found(name: str) -> None:
    file, data, says = PLANTED[name]
    planted = Member(f"assignments/bn_matrix/{file}", data)
    found = release_leaks(BN, [planted], HIDDEN)
    assert {broken.where for broken in found} == {planted.path}
    assert any(re.search(says, broken.says, re.S) for broken in found), found


def test_the_same_assignment_is_clean_without_a_leak() -> None:
    assert release_leaks(BN, public(BN), HIDDEN) == []


@pytest.mark.parametrize("name", RECORDED)
def test_what_is_recorded_beside_the_master_is_found(name: str) -> None:
    assignment, file, data, says = RECORDED[name]
    found = release_leaks(assignment, [Member(file, data)], ())
    assert any(re.search(says, broken.says) for broken in found), found


@pytest.mark.parametrize("name", CHECKS)
def test_what_a_hidden_check_holds_is_found_word_for_word(name: str) -> None:
    assignment, file, text, says = CHECKS[name]
    found = release_leaks(assignment, [Member(file, text.encode())], ())
    assert any(re.search(says, broken.says) for broken in found), found


def test_a_hidden_line_in_the_handout_itself_is_no_excuse(tmp_path: Path) -> None:
    for kept in ("assignments/conv_as_fc", "solutions/conv_as_fc"):
        shutil.copytree(ROOT / kept, tmp_path / kept, ignore=shutil.ignore_patterns("__pycache__"))
    conv = load("conv_as_fc", tmp_path)
    assert leaks(conv, ()) == []
    handout = conv.folder / "README.md"
    handout.write_text(f"{handout.read_text()}\n{SIZES}\n")
    (found,) = leaks(conv, ())
    assert found.where == "README.md" and AT in found.says
    # What the public checks hold too is no secret of the hidden ones.
    public = conv.folder / "test_public.py"
    public.write_text(f"{public.read_text()}\n\n{SIZES}\n")
    assert leaks(conv, ()) == []


def test_what_public_checks_work_out_and_simple_fractions_are_no_secret(sample: Assignment) -> None:
    assert sample.solution is not None
    checks = sample.solution / "test_hidden.py"
    checks.write_text("PARTS = (1 / 3, 355 / 113, 0.987654, 1.23457e-5)\n")
    given = Member("x.md", b"0.33333333, 3.1415929, 0.987654")
    found = release_leaks(sample, [given], ())
    assert [re.findall(r"number (\S+),", broken.says)[0] for broken in found] == ["3.14159e+00"]
    other = Member("x.md", b"0.33333333 and 0.0000123457")
    assert "number 1.23457e-05" in release_leaks(sample, [other], ())[0].says
    public = sample.folder / "test_public.py"
    public.write_text(f"{public.read_text()}\n\nMORE = 355 / 113, 0.987654\n")
    assert release_leaks(sample, [given], ()) == []


def test_hidden_checks_are_looked_for_in_the_toolkit() -> None:
    """As they are with a comment more, and renamed."""
    for toolkit, says in zip(whole_checks(HIDDEN_SOURCE), ("holds", "does step"), strict=True):
        found = release_leaks(CONV, [Member("t.whl", toolkit)], ())
        here = rf"in autograder/.*line \d+ {says}.*test_hidden\.py:\d+"
        assert any(re.search(here, broken.says) for broken in found), found


def test_only_the_toolkit_may_share_lines_with_a_solution() -> None:
    """A folder that has the toolkit's name is not the toolkit."""
    inside = Member("autograder/a.py", b"y = 1\n" + LINE.encode())
    assert release_leaks(BN, [Member("t.whl", archive([inside]))], ()) == []
    assert release_leaks(BN, [Member("t.zip", archive([inside]))], ()) != []
    assert release_leaks(BN, [Member("t.whl", archive([Member("x.zip", archive([inside]))]))], ())


@pytest.mark.parametrize("name", PACKED)
def test_what_is_packed_is_opened_or_said_to_be_closed(name: str) -> None:
    file, data, says = PACKED[name]
    found = release_leaks(BN, [Member(file, data)], ())
    assert any(re.search(says, broken.says) for broken in found), found


@pytest.mark.parametrize("name", LARGE)
def test_what_is_too_large_to_be_searched_is_said(name: str) -> None:
    file, data = LARGE[name]
    (found,) = release_leaks(BN, [Member(file, data)], ())
    assert "too large to be searched: make it smaller or take it out" in found.says


@pytest.mark.parametrize("name", OPEN)
def test_what_is_public_in_any_course_is_no_leak(name: str) -> None:
    file, data = OPEN[name]
    assert release_leaks(BN, [Member(file, data)], ()) == []


@pytest.fixture
def sample(tmp_path: Path) -> Assignment:
    """The small assignment, with answers of every kind in its master."""
    shutil.copytree(ROOT / "tests/samples/course", tmp_path / "course")
    master = tmp_path / "course/solutions/small/small.py"
    more = (
        "# BEGIN SOLUTION\nSIZE = 3 * 3 * 128 * 255\nRATE = 0.0123456\n"
        "MATRIX = [[1, 0, 0], [0, 2, 0], [-3, 0, 1.5]]\n"
        "WHY = 'because the mean of a batch of one is the one itself'\n# END SOLUTION\n"
    )
    master.write_text(master.read_text() + "\n\n" + more)
    return load("small", tmp_path / "course")


@pytest.mark.parametrize("name", VALUES)
def test_an_expected_value_is_found_however_it_is_written(sample: Assignment, name: str) -> None:
    text, says = VALUES[name]
    (found,) = release_leaks(sample, [Member("x.md", text.encode())], ())
    assert re.search(says, found.says), found


INNOCENT = (
    "for i in range(10):\n    total += i\n\nreturn x\n",
    "def f(x):\n    y = x.mean(axis=0)\n    return y\n",
    "import numpy as np\n\nx = np.zeros((3, 4))\nassert x.shape == (3, 4)\n",
    "1, 0, 0, 0, 2 and then 293761 or 0.0123",
    "class Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n",
    "The mean of a batch of one. Read https://example.org/home/x/y and ~/course.\n",
)


@pytest.mark.parametrize("text", INNOCENT)
def test_what_any_two_courses_share_is_no_leak(sample: Assignment, text: str) -> None:
    for assignment in (sample, BN):
        assert release_leaks(assignment, [Member("x.md", text.encode())], HIDDEN) == []


# ------------------------------------------------------------------ the course as it is


@pytest.mark.parametrize("name", names(ROOT))
def test_the_course_holds_no_leak_and_is_searched_quickly(name: str) -> None:
    assignment = load(name, ROOT)
    started = time.process_time()
    assert release_leaks(assignment, public(assignment), ()) == []
    assert time.process_time() - started < 2


@pytest.mark.parametrize("name", names(ROOT))
def test_each_master_of_the_course_is_found_renamed_in_full(name: str) -> None:
    """Every function of the solutions that is long enough to tell is found under other names."""
    assignment = load(name, ROOT)
    for file, source in masters(assignment).items():
        data = renamed(source, numbered).encode()
        found = release_leaks(assignment, [Member("x.py", data)], ())
        assert any(file in broken.says for broken in found)


def test_the_assignment_of_new_is_clean_beside_the_toolkit_that_holds_it(tmp_path: Path) -> None:
    new("fresh", tmp_path)
    fresh = load("fresh", tmp_path)
    template = ROOT / "autograder/release/template"
    kept = [
        Member(f"autograder/release/template/{p.relative_to(template).as_posix()}", p.read_bytes())
        for p in template.rglob("*.py")
    ]
    toolkit = Member("t.whl", archive(kept))
    assert release_leaks(fresh, [*public(fresh), toolkit], ()) == []
    moved = Member(
        "t.whl", archive([replace(m, path=m.path.replace("template", "x")) for m in kept])
    )
    assert release_leaks(fresh, [moved], ()) != []


@pytest.mark.slow
@pytest.mark.parametrize("name", [*names(ROOT), "fresh"])
def test_a_real_release_holds_no_leak(name: str, tmp_path: Path) -> None:
    """Toolkit, notebook and all, of each assignment of the course and of a new one."""
    if name == "fresh":
        new(name, tmp_path)
    assignment = load(name, tmp_path if name == "fresh" else ROOT)
    hidden = [(check.name, check.title) for check in collect(assignment) if check.hidden]
    members = release(assignment, {})
    started = time.process_time()
    assert release_leaks(assignment, members, hidden) == []
    assert time.process_time() - started < 3


def test_a_folder_is_searched_without_what_tools_leave_behind(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "tests/samples/course", tmp_path / "course")
    small = load("small", tmp_path / "course")
    py_compile.compile(str(small.folder / "small.py"))
    subprocess.run(["git", "init", "-q", small.folder], check=True)
    assert leaks(small, ()) == []
    shutil.copy(small.folder.parents[1] / "solutions/small/small.py", small.folder / "notes.txt")
    assert {broken.where for broken in leaks(small, ())} == {"notes.txt"}


def test_what_is_given_elsewhere_in_the_master_is_no_secret(sample: Assignment) -> None:
    assert sample.solution is not None
    value = "(x - x.mean(axis=1, keepdims=True)) / x.std(axis=1, keepdims=True)"
    body = f"def {{}}(x):\n    return {value}\n"
    master = sample.solution / "small.py"
    secret = f"\n\n# BEGIN SOLUTION\n{body.format('mine')}# END SOLUTION\n"
    plain = master.read_text()
    copied = Member("x.py", body.format("other").encode())
    master.write_text(plain + secret)
    assert release_leaks(sample, [copied], ()) != []
    master.write_text(f"{plain}\n\n{body.format('given')}{secret}")
    assert release_leaks(sample, [copied], ()) == []


@pytest.mark.parametrize(
    ("name", "path", "data", "found"),
    [
        (
            "s03_backprop",
            "net.svg",
            b'<svg xmlns="http://www.w3.org/2000/svg" width="9"><circle r="3"/></svg>',
            "",
        ),
        ("bn_matrix", "more.md", b"see\n# BEGIN SOLUTION\nthis\n# END SOLUTION\n", "line 2 has a"),
        ("bn_matrix", "more.md", b"what stands between # BEGIN SOLUTION and the end\n", ""),
    ],
)
def test_a_format_is_no_secret_and_a_marker_is_one(
    name: str, path: str, data: bytes, found: str
) -> None:
    said = release_leaks(load(name, ROOT), [Member(f"assignments/{name}/{path}", data)], [])
    assert (found in said[0].says) if found else not said
