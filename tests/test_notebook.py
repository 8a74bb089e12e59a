"""The notebook of a release: nothing lost, nothing twice, and it runs on a real kernel."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import nbformat
import pytest

from autograder import assignment as assignments
from autograder.assignment import Assignment, load
from autograder.release.members import lay
from autograder.release.new import new
from autograder.release.notebook import notebook
from autograder.release.skeleton import skeletons
from autograder.release.student import release

ROOT = Path(__file__).resolve().parents[1]
NAMES = assignments.names(ROOT)
LIGHT = [name for name in NAMES if load(name, ROOT).light]
HEAVY = [name for name in NAMES if name not in LIGHT]
OURS = {"how", "setup", "grader"}


def cells(data: bytes) -> dict[str, Any]:
    """Return the cells of a notebook by id; fails where an id is there twice."""
    book = nbformat.reads(data.decode(), 4)
    found = {cell.id: cell for cell in book.cells}
    assert len(found) == len(book.cells)
    return found


def lines(text: str) -> list[str]:
    return [line for line in text.split("\n") if line.strip()]


# ---------------------------------------------------------------- what stands in it


@pytest.mark.parametrize("name", NAMES)
def test_the_handout_and_the_skeleton_are_in_it_once(name: str) -> None:
    assignment = load(name, ROOT)
    data = notebook(assignment)
    nbformat.validate(nbformat.reads(data.decode(), 4))
    assert data == notebook(assignment)
    found = cells(data)
    said, code = Counter[str](), Counter[str]()
    for id, cell in found.items():
        if cell.cell_type == "markdown" and id not in OURS:
            said.update(lines(cell.source))
        elif cell.cell_type == "code" and id not in OURS and not id.endswith("-check"):
            code.update(lines(cell.source))
    titles = {f"## {q.id}: {q.title} ({q.points:g} points)" for q in assignment.questions}
    handout = (assignment.folder / "README.md").read_text(encoding="utf-8")
    assert said - Counter(titles) == Counter(lines(handout)) and titles <= set(said)
    given = skeletons(assignment)
    assert len(given) > 1 or code == Counter(lines(given[assignment.module]))
    book = nbformat.reads(data.decode(), 4)
    assert book.metadata.kernelspec.name == "python3"
    assert all(not c.outputs and c.execution_count is None for c in book.cells if "outputs" in c)


@pytest.mark.parametrize("name", NAMES)
def test_each_checked_question_has_its_section_with_a_check_at_its_end(name: str) -> None:
    assignment = load(name, ROOT)
    ids = list(cells(notebook(assignment)))
    grader = (assignment.folder / "test_public.py").read_text(encoding="utf-8")
    for question in assignment.questions:
        own = [id for id in ids if id.startswith(f"{question.id}-")]
        checked = f'@question("{question.id}"' in grader
        assert own[0].endswith("-text") and (own[-1].endswith("-check") == checked)
        assert ids.index(own[-1]) == ids.index(own[0]) + len(own) - 1


def copied(name: str, root: Path) -> Path:
    """Copy an assignment without its solution; return its folder."""
    folder = root / "assignments" / name
    shutil.copytree(ROOT / "assignments" / name, folder)
    return folder


def test_a_change_of_one_question_changes_its_cell_and_no_id(tmp_path: Path) -> None:
    folder = copied("bn_matrix", tmp_path)
    before = cells(notebook(load("bn_matrix", tmp_path)))
    handout = folder / "README.md"
    text = handout.read_text(encoding="utf-8")
    handout.write_text(text.replace("It builds on q1.", "It builds on q1!\n\nMind the order."))
    after = cells(notebook(load("bn_matrix", tmp_path)))
    assert list(before) == list(after)
    assert [id for id in before if before[id] != after[id]] == ["q2-text"]


def test_a_title_that_the_handout_has_too_is_said_once(tmp_path: Path) -> None:
    new("fresh", tmp_path)
    said = cells(notebook(load("fresh", tmp_path)))["q1-text"].source
    assert lines(said)[0] == "## q1: softmax of a vector (5 points)" not in lines(said)[1:]


def test_an_id_of_a_question_may_be_long(tmp_path: Path) -> None:
    folder = copied("counting", tmp_path)
    long = "q" * 78
    for file in ("assignment.toml", "test_public.py"):
        text = (folder / file).read_text(encoding="utf-8")
        text = text.replace('"q1"', f'"{long}_a"').replace('"q2"', f'"{long}_b"')
        (folder / file).write_text(text, encoding="utf-8")
    data = notebook(load("counting", tmp_path))
    nbformat.validate(nbformat.reads(data.decode(), 4))
    assert all(len(id) <= 64 for id in cells(data))


# ---------------------------------------------------------------- it runs


def released(assignment: Assignment, root: Path) -> Path:
    """Lay out a release; return the folder of its assignment."""
    lay(release(assignment, {}), root)
    return root / "assignments" / assignment.name


def solve(assignment: Assignment, folder: Path) -> bytes:
    """Put the other files of the solution into a release; return its notebook, answered."""
    assert assignment.solution is not None
    sources = {}
    for handin in assignment.files:
        for name in (handin.name, *handin.instead):
            path = assignment.solution / name
            if path.is_file() and name.endswith(".py"):
                sources[name] = path.read_text(encoding="utf-8")
            elif path.is_file():
                shutil.copyfile(path, folder / name)
    if len(sources) > 1:
        for name, source in sources.items():
            (folder / name).write_text(source, encoding="utf-8")
    return notebook(assignment, sources)


def run(data: bytes, folder: Path) -> tuple[dict[str, str], bytes]:
    """Run a notebook on a kernel; return what each check shows, by question, and the notebook."""
    for needed in ("nbclient", "ipykernel", "otter"):
        pytest.importorskip(needed)
    from nbclient import NotebookClient

    book = nbformat.reads(data.decode(), 4)
    where = {"metadata": {"path": str(folder)}}
    NotebookClient(book, timeout=280, kernel_name="python3", resources=where).execute()
    shown = {
        cell.id.removesuffix("-check"): "".join(
            output.get("text", "") or output.get("data", {}).get("text/plain", "")
            for output in cell.outputs
        )
        for cell in book.cells
        if cell.id.endswith("-check")
    }
    return shown, nbformat.writes(book).encode()


def graded(assignment: Assignment, folder: Path, work: str) -> dict[str, Any]:
    command = [sys.executable, "grade.py", assignment.name, f"{folder}/{work}", "--json"]
    done = subprocess.run(command, cwd=folder.parents[1], capture_output=True, text=True)
    return dict(json.loads(done.stdout))


def undecided(report: dict[str, Any]) -> set[str]:
    """Return the questions that could not be checked here, for want of data or a GPU."""
    return {
        question["id"]
        for question in report["questions"]
        if any(check["outcome"] == "skipped" for check in question["checks"])
    }


def prove_answered(name: str, root: Path) -> None:
    """The reference's answers in the notebook: every check passes, and all points are earned."""
    assignment = load(name, ROOT)
    folder = released(assignment, root)
    shown, executed = run(solve(assignment, folder), folder)
    (folder / f"{name}.ipynb").write_bytes(executed)
    report = graded(assignment, folder, "")
    open_questions = undecided(report)
    for question in report["questions"]:
        if question["id"] not in open_questions:
            assert "All test cases passed" in shown[question["id"]], shown[question["id"]]
            failed = [c for c in question["checks"] if c["outcome"] != "passed"]
            assert not failed, failed
    assert len(shown) == len(report["questions"]) > len(open_questions)


def prove_unanswered(name: str, root: Path) -> None:
    """The notebook as it is given out: nothing stops it, and no question is earned."""
    assignment = load(name, ROOT)
    folder = released(assignment, root)
    given = (folder / f"{name}.ipynb").read_bytes()
    assert given == notebook(assignment)
    shown, _ = run(given, folder)
    for question, text in shown.items():
        assert re.search(r"Test case failed", text) and "All test cases" not in text, question


@pytest.mark.parametrize("name", LIGHT)
def test_answered_it_passes_and_is_graded_like_the_module(name: str, tmp_path: Path) -> None:
    prove_answered(name, tmp_path)


# Two are enough each time; these two start fastest.
QUICK = ("bn_matrix", "counting")
REST = [pytest.param(name, marks=pytest.mark.slow) for name in LIGHT if name not in QUICK]


@pytest.mark.parametrize("name", [*QUICK, *REST])
def test_unanswered_it_runs_to_its_end(name: str, tmp_path: Path) -> None:
    prove_unanswered(name, tmp_path)


@pytest.mark.torch
@pytest.mark.slow
@pytest.mark.parametrize("name", HEAVY)
def test_with_torch_too(name: str, tmp_path: Path) -> None:
    pytest.importorskip("torch")
    prove_answered(name, tmp_path / "answered")
    prove_unanswered(name, tmp_path / "unanswered")


def test_handed_in_alone_it_is_graded(tmp_path: Path) -> None:
    assignment = load("counting", ROOT)
    folder = released(assignment, tmp_path)
    (folder / "mine.ipynb").write_bytes(solve(assignment, folder))
    report = graded(assignment, folder, "mine.ipynb")
    assert report["earned"] == report["possible"] == 100
    assert report["notes"] == ["mine.ipynb is graded as counting.py."]
