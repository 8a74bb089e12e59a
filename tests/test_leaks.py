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
    PLANTED,
    RECORDED,
    ROOT,
    VALUES,
    cell,
    notebook,
    numbered,
    renamed,
)

from autograder.assignment import Assignment, load, names
from autograder.handin.given import KEPT
from autograder.leaks import leaks, release_leaks
from autograder.release.members import Member, archive
from autograder.release.new import new
from autograder.release.skeleton import cut, masters


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
def test_the_toolkit_of_a_real_release_is_clean() -> None:
    from autograder.release.wheel import wheel

    for name in names(ROOT):
        assert release_leaks(load(name, ROOT), [wheel()], ()) == [], name


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
