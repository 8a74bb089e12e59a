"""`grade new NAME`: a small complete assignment, as files and as package data."""

from __future__ import annotations

import ast
import zipfile
from pathlib import Path

import pytest

from autograder.assignment import load
from autograder.grading import collect
from autograder.release.new import TEMPLATE, TITLE, NewError, new
from autograder.release.skeleton import stale


def test_the_copy_is_complete_and_bears_the_name(tmp_path: Path) -> None:
    made = new("my_first_one", tmp_path)
    assert made == sorted(p for p in tmp_path.rglob("*") if p.is_file())
    there = {p.relative_to(tmp_path).as_posix() for p in made}
    assert {
        "assignments/my_first_one/README.md",
        "assignments/my_first_one/assignment.toml",
        "assignments/my_first_one/softmax.py",
        "assignments/my_first_one/test_public.py",
        "solutions/my_first_one/softmax.py",
        "solutions/my_first_one/test_hidden.py",
    } <= there
    assert sum("/wrong/" in name for name in there) >= 3
    assert sum("/right/" in name for name in there) >= 2
    assignment = load("my_first_one", tmp_path)
    assert assignment.title == "my_first_one" and assignment.points == 10
    assert stale(assignment) == []
    assert {c.hidden for c in collect(assignment)} == {True, False}


def test_only_the_title_differs_from_the_template(tmp_path: Path) -> None:
    new("copy", tmp_path)
    for part, home in (("assignment", "assignments/copy"), ("solution", "solutions/copy")):
        for file in (TEMPLATE / part).rglob("*"):
            if not file.is_file() or "__pycache__" in file.parts:
                continue
            text = file.read_text().replace(TITLE, 'title = "copy"\n')
            assert (tmp_path / home / file.relative_to(TEMPLATE / part)).read_text() == text
    assert (TEMPLATE / "assignment" / "assignment.toml").read_text().count(TITLE) == 1


@pytest.mark.parametrize(
    "name",
    ["", "Upper", "9lives", "a-b", "a b", "../up", "a/b", "class", "ä", "x" * 50, ".", "a\n"],
)
def test_a_name_that_cannot_be_used(tmp_path: Path, name: str) -> None:
    with pytest.raises(NewError, match="cannot be the name of an assignment"):
        new(name, tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("taken", ["assignments/one", "solutions/one"])
def test_nothing_that_is_there_is_touched(tmp_path: Path, taken: str) -> None:
    (tmp_path / taken).mkdir(parents=True)
    (tmp_path / taken / "mine.txt").write_text("mine")
    with pytest.raises(NewError, match=f"{taken} is there already"):
        new("one", tmp_path)
    assert [p.name for p in tmp_path.rglob("*") if p.is_file()] == ["mine.txt"]


def test_the_template_is_valid_python() -> None:
    files = [p for p in TEMPLATE.rglob("*.py") if "__pycache__" not in p.parts]
    assert len(files) >= 12
    for file in files:
        assert ast.get_docstring(ast.parse(file.read_text())), file


def test_the_wheel_holds_the_template(tmp_path: Path) -> None:
    hatchling = pytest.importorskip("hatchling.builders.wheel")
    builder = hatchling.WheelBuilder(str(Path(__file__).parents[1]))
    (wheel,) = builder.build(directory=str(tmp_path), versions=["standard"])
    packed = {n for n in zipfile.ZipFile(wheel).namelist() if "/release/template/" in n}
    there = [p for p in TEMPLATE.rglob("*") if p.is_file() and "__pycache__" not in p.parts]
    wanted = {f"autograder/release/template/{p.relative_to(TEMPLATE).as_posix()}" for p in there}
    assert packed == wanted
