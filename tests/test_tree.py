"""What of an assignment's folders is litter: the same for whoever packs them or looks them over."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.assignment import load
from autograder.handin.entries import is_junk
from autograder.handin.given import KEPT
from autograder.leaks import leaks
from autograder.leaks.secrets import secrets
from autograder.release import gradescope, student
from autograder.release.tree import Linked, all_files, contents, files

COURSE = Path(__file__).with_name("samples") / "course"
COMPILED = ("__pycache__/small.cpython-310.pyc", "old/__pycache__/a.py", "small.pyc")
HIDDEN = (".DS_Store", ".git/config", ".ipynb_checkpoints/small.py", ".small.py.swp", "a/.b/c.py")
LITTER = (
    *COMPILED,
    *HIDDEN,
    "__MACOSX/small.py",
    "node_modules/a.js",
    "Thumbs.db",
    "a/desktop.ini",
)
WANTED = ("README.md", "a.py", "figures/one.svg", "small.py~", "wrong.d/a.py")


def laid(folder: Path, *names: str) -> Path:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(name)
    return folder


def test_litter_is_passed_over_and_nothing_else(tmp_path: Path) -> None:
    folder = laid(tmp_path, *WANTED, *LITTER)
    assert [name for name, _ in files(folder)] == sorted(WANTED)
    assert dict(contents(files(folder))) == {name: name.encode() for name in WANTED}
    everything = {*WANTED, *LITTER} - {*COMPILED}
    assert {name for name, _ in all_files(folder)} == everything
    assert list(files(tmp_path / "nowhere")) == []


NAMES = st.lists(st.sampled_from(["a", ".b", "__pycache__", "c.pyc", "D.db", "Thumbs.db", "e~"]))


@given(st.lists(NAMES.filter(bool).map("/".join), max_size=6))
@settings(derandomize=True, deadline=None, database=None, max_examples=60)
def test_the_rule_is_that_of_a_hand_in(
    tmp_path_factory: pytest.TempPathFactory, names: list[str]
) -> None:
    folder = tmp_path_factory.mktemp("tree")
    there = {f"{name}/f" for name in names} | {"z"}
    laid(folder, *there)
    found = [name for name, _ in files(folder)]
    assert set(found) == {name for name in there if not is_junk(name)}
    assert {*found} <= {name for name, _ in all_files(folder)} <= there


def test_a_link_is_refused_where_files_are_packed_and_read_where_secrets_are_sought(
    tmp_path: Path,
) -> None:
    folder = laid(tmp_path / "a", "small.py")
    (folder / "more.py").symlink_to(folder / "small.py")
    (folder / "nowhere").symlink_to(tmp_path / "gone")
    (folder / ".hidden").symlink_to(tmp_path / "gone")
    assert [name for name, _ in files(folder)] == ["more.py", "nowhere", "small.py"]
    assert [name for name, _ in all_files(folder)] == ["more.py", "small.py"]
    for name in ("more.py", "nowhere"):
        with pytest.raises(Linked, match=f"{name} is a link. Put the file itself there"):
            list(contents((name, folder / name) for _ in "1"))


def test_all_who_walk_an_assignment_agree(tmp_path: Path) -> None:
    """A copy of the solution is sought wherever it goes out, and passed over where it does not."""
    shutil.copytree(COURSE, tmp_path / "course", ignore=shutil.ignore_patterns("__pycache__"))
    small = load("small", tmp_path / "course")
    assert small.solution is not None
    solved = (small.solution / "small.py").read_text()
    assert leaks(small, ()) == []
    laid(small.folder, "README.md")
    before = student.public_files(small)
    packed = [member.path for member in gradescope._secret(small.solution, "small")]
    for name in LITTER:
        laid(small.folder, name).joinpath(name).write_text(solved)
        laid(small.solution, name)
    laid(small.solution, "wrong/a.py", "right/b.py")
    assert leaks(small, ()) == []
    assert student.public_files(small) == before
    assert [member.path for member in gradescope._secret(small.solution, "small")] == packed
    for name in (f"{KEPT}/small.py", "small.py~", "small.py.bak"):
        laid(small.folder, name).joinpath(name).write_text(solved)
    assert {b.where for b in leaks(small, ())} >= {f"{KEPT}/small.py", "small.py~", "small.py.bak"}
    assert set(student.public_files(small)) == {*before, "small.py~"}


def test_a_hidden_copy_of_the_solution_is_as_secret(tmp_path: Path) -> None:
    shutil.copytree(COURSE, tmp_path / "course", ignore=shutil.ignore_patterns("__pycache__"))
    small = load("small", tmp_path / "course")
    assert small.solution is not None
    for name in (".notes", "old.pyc", ".ipynb_checkpoints/small-checkpoint.py"):
        laid(small.solution, name).joinpath(name).write_text(f"{name}\n" * 30)
    kept = {spot.file for spot in secrets(small).digests.values()}
    assert {".notes", ".ipynb_checkpoints/small-checkpoint.py"} <= kept
    assert "old.pyc" not in kept
