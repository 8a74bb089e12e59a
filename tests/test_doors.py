"""One definition, four doors, the same score: for everything whose score is known."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import pytest
from doors import ALL, DOORS, STUDENTS, Answer, copied, told_by_pytest
from same_score import Difference, ask, differences, table, works

from autograder.assignment import load, names
from autograder.grading import collect

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT.parent / "shared" / "data"
LIGHT = [name for name in names(ROOT) if load(name, ROOT).light]
HEAVY = [name for name in names(ROOT) if name not in LIGHT]
# Of many right and wrong answers, so many of each are tried every day; of networks fewer, and
# through the slowest door fewest.
SOME, SOME_NETWORKS, FEW = 6, 3, 1
PLATFORM = sys.platform.startswith("linux") and os.geteuid() == 0


@pytest.fixture(autouse=True)
def real_data(monkeypatch: pytest.MonkeyPatch) -> None:
    """Use the real data sets where they lie beside the course; without them, checks skip."""
    if DATA.is_dir():
        monkeypatch.setenv("GRADER_DATA", str(DATA))


def doors() -> list[str]:
    """Return the doors that this machine has."""
    needs = {"otter": find_spec("otter") is not None, "gradescope": PLATFORM}
    return [door for door in DOORS if needs.get(door, True)]


def spread(found: dict[str, Path], most: int) -> dict[str, Path]:
    """Return the masters, and at most `most` of the right and of the wrong answers each."""
    kept = {work: path for work, path in found.items() if "/" not in work}
    for kind in ("right/", "wrong/"):
        own = [work for work in found if work.startswith(kind)]
        kept |= {work: found[work] for work in own[:: -(-len(own) // most)]}
    return kept


def everywhere(name: str, asked: dict[str, dict[str, Path]]) -> dict[str, dict[str, Answer]]:
    """Return each door's answer for the works that are asked of it; two doors at once."""

    def answers(door: str) -> dict[str, Answer]:
        given = ask(door, ROOT, name, asked[door].values())
        return dict(zip(asked[door], given, strict=True))

    with ThreadPoolExecutor(2) as pool:
        return dict(zip(asked, pool.map(answers, asked), strict=True))


def the_same(name: str, tmp_path: Path, some: int | None = None, few: int | None = None) -> None:
    """Every door gives `some` works of an assignment the same; the slowest one `few` of them."""
    every = works(load(name, ROOT), tmp_path / "works")
    chosen = spread(every, some) if some else every
    least = spread(every, few) if few else every
    answers = everywhere(name, {d: least if d == "gradescope" else chosen for d in doors()})
    found = differences(name, answers)
    assert not found, f"the doors differ:\n{table(found)}"


@pytest.mark.parametrize("name", LIGHT)
def test_every_door_gives_some_works_the_same_score(name: str, tmp_path: Path) -> None:
    the_same(name, tmp_path, SOME, FEW)


@pytest.mark.slow
@pytest.mark.parametrize("name", LIGHT)
def test_every_door_gives_every_work_the_same_score(name: str, tmp_path: Path) -> None:
    the_same(name, tmp_path)


@pytest.mark.slow
@pytest.mark.torch
@pytest.mark.skipif(find_spec("torch") is None, reason="needs torch")
@pytest.mark.parametrize("name", HEAVY)
def test_every_door_gives_networks_the_same_score(name: str, tmp_path: Path) -> None:
    the_same(name, tmp_path, SOME_NETWORKS, FEW)


def typed(course: Path, name: str, work: Path) -> dict[str, dict[str, float]]:
    """Return the scores that a student's own commands give, who has no solutions."""
    assignment, told = load(name, course), course / "report.xml"
    by_hand = [sys.executable, "grade.py", name, str(work), "--json"]
    done = subprocess.run(by_hand, cwd=course, capture_output=True, text=True, check=False)
    questions = json.loads(done.stdout)["questions"]
    tested = [
        "-m",
        "pytest",
        f"assignments/{name}",
        "--submission",
        str(work),
        f"--junitxml={told}",
    ]
    subprocess.run([sys.executable, *tested], cwd=course, capture_output=True, check=False)
    return {
        "grade.py": {question["id"]: question["earned"] for question in questions},
        "pytest": told_by_pytest(assignment, collect(assignment), told)[STUDENTS],
    }


@pytest.mark.parametrize("name", LIGHT[:1])
def test_what_a_student_types_goes_through_these_doors(name: str, tmp_path: Path) -> None:
    course = copied(replace(load(name, ROOT), solution=None), tmp_path / "course")
    shutil.copy(ROOT / "grade.py", course)
    chosen = spread(works(load(name, ROOT), tmp_path / "works"), 1)
    for work, answer in zip(chosen, ask("grade.py", ROOT, name, chosen.values()), strict=True):
        seen = typed(course, name, chosen[work])
        assert seen["grade.py"] == seen["pytest"] == answer[STUDENTS], work


def test_each_door_lets_everything_and_nothing_through(tmp_path: Path) -> None:
    assignment = load(LIGHT[0], ROOT)
    chosen = spread(works(assignment, tmp_path), 1)
    most = {question.id: question.points for question in assignment.questions}
    for door in doors():
        given = dict(zip(chosen, ask(door, ROOT, assignment.name, chosen.values()), strict=True))
        assert given["reference"][ALL] == most, door
        assert set(given["skeleton"][ALL].values()) == {0.0}, door
        wrong = next(own[ALL] for work, own in given.items() if work.startswith("wrong/"))
        assert 0 < sum(wrong.values()) < assignment.points, door


LIKE: Answer = {STUDENTS: {"q1": 5.0, "q2": 0.0}, ALL: {"q1": 3.0, "q2": 0.0}}
UNLIKE = {
    "another score": {**LIKE, ALL: {"q1": 3.01, "q2": 0.0}},
    "a question left out": {**LIKE, STUDENTS: {"q1": 5.0}},
    "a question more": {**LIKE, ALL: {"q1": 3.0, "q2": 0.0, "q3": 0.0}},
}


@pytest.mark.parametrize("kind", UNLIKE)
def test_one_door_that_gives_another_score_is_found(kind: str) -> None:
    first, second = {"a": LIKE, "b": LIKE}, {"a": LIKE, "b": UNLIKE[kind]}
    (found,) = differences("small", {"one": first, "two": first, "three": second})
    assert found.work == "b"
    assert found.scores["one"] == found.scores["two"] != found.scores["three"]


def test_a_door_is_not_asked_for_what_it_does_not_have() -> None:
    assert not differences("small", {"one": {"a": LIKE}, "two": {"a": {ALL: LIKE[ALL]}}})


def test_differences_read_as_one_table() -> None:
    found = [
        Difference("small", "wrong/axis", "q1 all", {"one": 3.0, "two": 2.5}),
        Difference("small", "right/short", "q10 public", {"one": 3.0, "two": None}),
    ]
    assert table(found).splitlines() == [
        "assignment  submission   question    one  two",
        "small       wrong/axis   q1 all      3    2.5",
        "small       right/short  q10 public  3    -",
    ]
