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

from autograder.assignment import Assignment, load, names
from autograder.grading import collect

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT.parent / "shared" / "data"
LIGHT = [name for name in names(ROOT) if load(name, ROOT).light]
HEAVY = [name for name in names(ROOT) if name not in LIGHT]
# Of many wrong answers, so many show what is the same every day; all of them are slow.
SOME, FEW = 6, 1
PLATFORM = sys.platform.startswith("linux") and os.geteuid() == 0

# What the doors may score differently: (assignment, submission, question), and why.
KNOWN: dict[tuple[str, str, str], str] = {}


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


def unlike(name: str, answers: dict[str, dict[str, Answer]]) -> list[Difference]:
    found = differences(name, answers)
    return [one for one in found if (name, one.work, one.question.split()[0]) not in KNOWN]


def the_same(name: str, tmp_path: Path, some: int | None = None, few: int | None = None) -> None:
    """Every door gives `some` works of an assignment the same; the slowest one `few` of them."""
    every = works(load(name, ROOT), tmp_path / "works")
    chosen = spread(every, some) if some else every
    least = spread(every, few) if few else every
    answers = everywhere(name, {d: least if d == "gradescope" else chosen for d in doors()})
    found = unlike(name, answers)
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
    the_same(name, tmp_path, SOME, FEW)
