"""The guides say what is true: every block of code in them is run, in the order of the page."""

from __future__ import annotations

import importlib
import inspect
import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from guides import ROOT, Block, Course, PageError, agrees, changed, commands, promised, read, tried

from autograder.assignment import load
from autograder.checks.expect import Expectation
from autograder.manifest import TABLES, TOP

DOCS = ROOT / "docs"
LONGEST = {"authoring.md": 350, "instructors.md": 220, "students.md": 220}
PAGES = sorted(LONGEST)
TRY = "<!-- try -->\n```python\n1\n```\n"


@pytest.mark.parametrize(
    ("page", "says"),
    [
        ("```python\n1\n```\n", "line 1: no comment above"),
        ("text\n```\n1\n```\n", "line 2: no comment above"),
        ("<!-- run -->\n\n```\n$ ls\n```\n", "line 3: no comment above"),
        ("<!-- skip -->\n```\n1\n```\n", "line 2: no comment above"),
        ("- a list\n\n  ```python\n  1\n  ```\n", "line 3: no comment above"),
        ("~~~python\n1\n~~~\n", "line 1: no comment above"),
        ("<!-- file -->\n```\n1\n```\n", "line 1: name the file"),
        ("<!-- run: often -->\n```\n$ ls\n```\n", "line 1: 'often' is no exit code"),
        ("<!-- try -->\n```python\n1\n", "line 2: this block is not closed"),
        ("<!-- try -->\n````\n1\n```\n", "line 2: this block is not closed"),
        ("text\n\n    python grade.py list\n", "line 3: code stands outside"),
        ("text\n\n\tx = 1\n", "line 3: code stands outside"),
        ("<pre>x = 1</pre>\n", "line 1: code stands outside"),
    ],
)
def test_a_block_that_nobody_would_run_is_refused(page: str, says: str) -> None:
    assert read(TRY) == (Block("try", "", "1\n", 2),)
    with pytest.raises(PageError, match=re.escape(says)):
        read(page)


def test_what_a_run_shows_is_told_from_what_is_typed() -> None:
    block = Block("run", "", "$ a\n$ b c\nsaid\n\nmore\n", 7)
    typed = [(one.command, one.says) for one in commands(block)]
    assert typed == [("a", ""), ("b c", "said\n\nmore\n")]
    for text in ("", "said\n", "said\n$ a\n"):
        with pytest.raises(PageError, match="line 7"):
            commands(Block("run", "", text, 7))


@pytest.mark.parametrize(
    ("shown", "said", "same"),
    [
        ("a\nb\n", "a\nb\n", True),
        ("a\n", "a\nb\n", False),
        ("a\nb\n", "a\n", False),
        ("", "a\n", False),
        ("...\n", "a\nb\n", True),
        ("a\n...\nd\n", "a\nb\nc\nd\n", True),
        ("a\n...\n", "b\n", False),
        ("...\nd\n", "a\nd\ne\n", False),
        ("a .. b\n", "a cc b\n", False),
        ("q1   5 / 5   0.01 s\n", "q1   5 / 5   1.25 s\n", True),
        ("q1   5 / 5   0.01 s\n", "q1   4 / 5   0.01 s\n", False),
        ("x (1,200 bytes)\n", "x (950 bytes)\n", True),
        ("  a/b.py    1,200\n", "  a/b.py  99\n", True),
        ("Score 12\n", "Score 13\n", False),
        ("a · cpu (no GPU: nothing\n  fails)\nb\n", "a · cuda (a GPU is here)\nb\n", True),
        ("a · cpu (no GPU)\nb\n", "a · cpu (no GPU)\nc\n", False),
    ],
)
def test_only_what_varies_may_differ(shown: str, said: str, same: bool) -> None:
    assert agrees(shown, said) is same


def test_a_change_is_made_where_it_can_be_nowhere_else() -> None:
    def after(rows: str) -> str:
        return changed("a\nb\nb\nc\n", Block("change", "f", rows, 3))

    assert after("-a\n+x\n+y\n-c\n+z\n") == "x\ny\nb\nb\nz\n"
    assert after("-c\n") == "a\nb\nb\n"
    for rows in ("-b\n+x\n", "-d\n", "+x\n", "x\n"):
        with pytest.raises(PageError, match="line 3"):
            after(rows)


def begun(page: str, folder: Path) -> Course:
    """Return the folder in which a page begins: a course, or a student's with the zip in it."""
    course = Course(folder)
    if page == "students.md":
        for command in ("new week3", "release week3 -o ../downloads"):
            done = course.shell(f"python grade.py {command}")
            assert done.returncode == 0, done.stdout + done.stderr
        course.place = course.home / "downloads"
        shutil.rmtree(course.place / "week3")
    return course


@pytest.mark.parametrize("page", PAGES)
def test_what_is_typed_says_what_the_page_shows(page: str) -> None:
    with TemporaryDirectory() as folder:  # a path so short that no line breaks in it
        course = begun(page, Path(folder))
        for block in read((DOCS / page).read_text(encoding="utf-8")):
            if block.kind != "try":
                course.follow(block)


def snippets() -> Iterator[Any]:
    """Yield (page, block) of every `try` block."""
    for page in PAGES:
        for block in read((DOCS / page).read_text(encoding="utf-8")):
            if block.kind == "try":
                marks = [pytest.mark.torch] if block.argument == "torch" else []
                yield pytest.param(page, block, id=f"{page}:{block.line}", marks=marks)


@pytest.mark.parametrize(("page", "block"), list(snippets()))
def test_a_snippet_does_what_the_page_says(page: str, block: Block) -> None:
    if block.argument:
        pytest.importorskip(block.argument)
    said = tried(block, page)
    assert agrees(promised(block), said), said


ROW = re.compile(r"^\| `(?:\[+(\w+)\]+ )?(\w+)` \| .* \| (.*) \|$", re.M)
SMALLEST = """
title = "T"
module = "a.py"
points = 1
file = [{name = "a.py"}]
question = [{id = "q1", title = "One", points = 1}]
training = {dataset = "mnist"}
"""


def documented() -> dict[tuple[str, str], str]:
    """Return what the page says of each (table, key): `required`, a default, or words for none."""
    text = (DOCS / "authoring.md").read_text(encoding="utf-8")
    rows = text.split("## Every key of assignment.toml")[1].split("\n## ")[0]
    return {(table, key): default for table, key, default in ROW.findall(rows)}


def allowed() -> dict[tuple[str, str], bool]:
    """Return whether each (table, key) that may stand in assignment.toml is required."""
    keys = {("", k): key.required for k, key in TOP.items() if k not in TABLES}
    return keys | {(t, k): key.required for t, own in TABLES.items() for k, key in own.items()}


def test_every_key_of_an_assignment_is_described() -> None:
    told = documented()
    assert set(told) == set(allowed())
    assert {p: said == "required" for p, said in told.items()} == allowed()


def test_what_holds_without_a_key_is_true(tmp_path: Path) -> None:
    (tmp_path / "assignments" / "one").mkdir(parents=True)
    (tmp_path / "assignments/one/a.py").touch()
    (tmp_path / "assignments/one/assignment.toml").write_text(SMALLEST, encoding="utf-8")
    own = load("one", tmp_path)
    tables = {"file": own.files[0], "question": own.questions[0], "gradescope": own.publication}
    optional = {place: said for place, said in documented().items() if said != "required"}
    for (table, key), said in optional.items():
        home = tables.get(table) or getattr(own, table, own)
        found = getattr(home, key) if table else not own.light
        # Words such as "no limit" stand for a value that says nothing.
        right = json.loads(said.strip("`")) == found if said.startswith("`") else not found
        assert right, (table, key, found)


def test_every_function_that_is_offered_exists() -> None:
    text = (DOCS / "authoring.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(\w+)`: ((?:`\w+`(?:, )?)+) \|", text, re.M)
    assert len(rows) >= 5
    for room, names in rows:
        module = importlib.import_module(f"autograder.checks.{room}")
        assert all(callable(getattr(module, name, None)) for name in re.findall(r"\w+", names))
    methods = re.findall(r"`\.(\w+)\((.*?)\)`", text)
    assert len(methods) >= 10
    for name, arguments in methods:
        known = inspect.signature(getattr(Expectation, name)).parameters
        plain = [word for word in arguments.split(", ") if word.isidentifier()]
        assert set(plain) <= set(known), name


@pytest.mark.parametrize("page", PAGES)
def test_a_page_is_short_and_its_links_lead_somewhere(page: str) -> None:
    text = (DOCS / page).read_text(encoding="utf-8")
    assert text.count("\n") <= LONGEST[page]
    for link, part in re.findall(r"\]\(([^)#:]+)(?:#([^)]*))?\)", text):
        assert (DOCS / link).exists(), link
        heads = re.findall(r"^#+ (.*)$", (DOCS / link).read_text(encoding="utf-8"), re.M)
        assert not part or part in [head.lower().replace(" ", "-") for head in heads], part
