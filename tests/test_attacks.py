"""Every attack earns what its honest part earns, and works where the wall is not."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import pytest
from attacks import corpus, naive
from attacks.attack import CHECKS, COURSE, Attack, Control
from attacks.ground import Ground, plant

from autograder.assignment import Assignment, load
from autograder.report import Outcome, Report
from autograder.submission import open_submission
from autograder.wall.isolation import Isolation
from autograder.wall.warm import Warm

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs Linux")
LATE_SECONDS = 0.9
# What `needs` names, as numbers of capabilities: root is whoever may do anything to files.
NUMBERS = {"root": 1, "owner": 1, "CAP_SYS_RESOURCE": 24}
STATUS = Path("/proc/self/status")
HELD = re.search(r"CapEff:\s*(\w+)", STATUS.read_text()) if STATUS.exists() else None
CAPABILITIES = int(HELD[1], 16) if HELD else 0
HONEST = ("skeleton", "wrong", "half", "right")
Outcomes = dict[str, Outcome]


@dataclass
class Bench:
    """A ground, a warm process that workers come from, and graders without a wall."""

    ground: Ground
    warm: Warm
    naive: subprocess.Popen[str]
    honest: dict[tuple[str, str], Outcomes] = field(default_factory=dict)
    scores: dict[tuple[str, str], int] = field(default_factory=dict)
    owner: bool = True  # student code keeps the judge's user

    @cached_property
    def assignment(self) -> Assignment:
        return load("sums", self.ground.course)

    def grade(self, name: str, files: dict[str, str], isolation: Isolation) -> Report:
        handin = self.ground.handin(name, files)
        into = self.ground.base / "work" / handin.name
        submission = open_submission(handin, self.assignment, into)
        return corpus.graded(self.assignment, submission, self.warm, isolation)

    def unwalled(self, attack: Attack) -> tuple[int, list[str]]:
        """Run a hand-in through a grader without a wall; return its score and what it got."""
        files = {"sums.py": attack.source, **attack.beside}
        folder = self.ground.handin(attack.name, files)
        plan, name = self.ground.plan, folder.name
        order = {
            "how": attack.control.value, "folder": str(folder), "tests": plan["naive"],
            "results": plan["results"], "course": plan["course"], "token": plan["token"],
            "work": str(self.ground.base / "work" / name), "seconds": attack.seconds,
            "said": str(self.ground.base / "naive" / f"{name}.txt"),
            "linger": LATE_SECONDS if attack.late else 0,
        }  # fmt: skip
        assert self.naive.stdin is not None and self.naive.stdout is not None
        self.naive.stdin.write(json.dumps(order) + "\n")
        self.naive.stdin.flush()
        told = json.loads(self.naive.stdout.readline())
        got = [one for one in self.ground.got(told["said"]) if one != "changed the results"]
        return told["score"], got + told["harm"]

    def outcomes(self, honest: str, isolation: Isolation) -> Outcomes:
        """Return what honest code of this quality gets."""
        key = honest, isolation.value
        if key not in self.honest:
            source = (COURSE / "honest" / f"{honest}.py").read_text(encoding="utf-8")
            report = self.grade(f"honest-{honest}", {"sums.py": source}, isolation)
            self.honest[key] = outcomes(report)
        return self.honest[key]

    def worth(self, attack: Attack) -> int:
        """Return the score of the same hand-in without the attack, in the same naive grader."""
        key = attack.honest, attack.control.value
        if key not in self.scores:
            plain = Attack("honest", "nothing", "", attack.honest, attack.control)
            self.scores[key], _ = self.unwalled(plain)
            self.ground.fresh()
        return self.scores[key]


def passes(found: Outcomes) -> int:
    return list(found.values()).count(Outcome.PASSED)


def outcomes(report: Report) -> Outcomes:
    return {check.name: check.outcome for check in report.checks}


@pytest.fixture(scope="module")
def bench() -> Iterator[Bench]:
    ground = plant()
    # What a worker must not inherit: a word in the environment, an open descriptor.
    read, write = os.pipe()
    os.set_inheritable(read, True)
    os.write(write, ground.secrets["descriptor"].encode() * 50)
    os.environ["GRADER_KEY"] = ground.secrets["environ"]
    ground.plan["inherited"] = read
    command = [sys.executable, "-s", "-B", "-m", naive.__name__]
    pipe = subprocess.PIPE
    path = str(Path(__file__).resolve().parent)
    with Warm.start() as warm:
        graders = subprocess.Popen(
            command, stdin=pipe, stdout=pipe, text=True, close_fds=False,
            env=os.environ | {"PYTHONPATH": path},
        )  # fmt: skip
        try:
            yield Bench(ground, warm, graders)
        finally:
            graders.kill()
            graders.communicate()
            ground.close()
            del os.environ["GRADER_KEY"]
            os.close(read)
            os.close(write)


@pytest.fixture(scope="module")
def isolation(bench: Bench) -> Isolation:
    """The strictest setting that this machine allows."""
    report = bench.grade("probe", {"sums.py": "X = 1\n"}, Isolation.REQUIRED)
    if any(check.name == "isolation" for check in report.checks):
        pytest.skip("this machine cannot keep a student's code apart")
    bench.owner = "uid=ok" not in report.facts["isolation"]
    return Isolation.REQUIRED


def cases(slow: bool) -> list[object]:
    chosen = [attack for attack in corpus.ATTACKS if attack.slow == slow]
    return [pytest.param(a, id=a.name, marks=marks(a)) for a in chosen]


def marks(attack: Attack) -> list[pytest.MarkDecorator]:
    return [pytest.mark.slow] if attack.slow else []


def repelled(bench: Bench, attack: Attack, isolation: Isolation) -> None:
    """Fail when the attack gets anything, or another outcome than honest code."""
    honest = bench.outcomes(attack.honest, isolation)
    want = honest | dict.fromkeys(attack.lost, Outcome.FAILED)
    bench.ground.fresh()
    started = time.monotonic()
    files = {"sums.py": attack.source, **attack.beside}
    report = bench.grade(attack.name, files, isolation)
    took = time.monotonic() - started
    if attack.late:
        time.sleep(LATE_SECONDS)
    told = json.dumps(report.to_dict(), ensure_ascii=False)
    got = bench.ground.got(told)
    assert not got, got
    assert len(told) < 200_000 and not re.search("[\x00-\x09\x0b-\x1f\x7f\u202e\u200b]", told)
    assert outcomes(report) == want, [c.finding for c in report.checks if c.finding]
    assert took < bench.assignment.limits.run_seconds + 5


@pytest.mark.parametrize("attack", cases(slow=False) + cases(slow=True))
def test_an_attack_earns_nothing(
    bench: Bench, isolation: Isolation, attack: Attack, request: pytest.FixtureRequest
) -> None:
    if attack.open and (bench.owner or not attack.owner):
        request.applymarker(pytest.mark.xfail(strict=True, reason=attack.open))
    repelled(bench, attack, isolation)


@pytest.mark.parametrize("attack", [pytest.param(a, id=a.name) for a in corpus.ATTACKS])
def test_without_the_wall_it_is_real(bench: Bench, attack: Attack) -> None:
    if attack.needs and not (CAPABILITIES >> NUMBERS[attack.needs]) & 1:
        pytest.skip(f"works for root with {attack.needs} only")
    bench.ground.fresh()
    if attack.control is Control.OFF:
        files = {"sums.py": attack.source, **attack.beside}
        report = bench.grade(attack.name, files, Isolation.OFF)
        if attack.late:
            time.sleep(LATE_SECONDS)
        got = bench.ground.got(json.dumps(report.to_dict(), ensure_ascii=False))
        honest = bench.outcomes(attack.honest, Isolation.OFF)
        got += ["earned points"] * (passes(outcomes(report)) > passes(honest))
    else:
        worth = bench.worth(attack)
        points, got = bench.unwalled(attack)
        got += [f"earned {points} for {worth}"] * (points > worth)
    assert got, "the attack does nothing here"


def test_the_honest_code_is_graded_as_it_should(bench: Bench, isolation: Isolation) -> None:
    found = {name: bench.outcomes(name, isolation) for name in HONEST}
    for name, passed in (("skeleton", 0), ("wrong", 0), ("half", 4), ("right", 8)):
        assert set(found[name]) == set(CHECKS)
        assert passes(found[name]) == passed, name


def test_the_corpus_is_large_and_every_attack_has_its_words() -> None:
    names = [attack.name for attack in corpus.ATTACKS]
    assert len(names) >= 60 and len(set(names)) == len(names)
    assert all(attack.tries and attack.family for attack in corpus.ATTACKS)
