"""Every attack earns what its honest part earns, and works where the wall is not."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from html import unescape as html_unescape
from pathlib import Path

import pytest
from attacks import corpus, naive
from attacks.attack import CHECKS, COURSE, Attack, Control
from attacks.ground import Ground, plant

from autograder.assignment import Assignment, Limits, load
from autograder.report import Outcome, Report
from autograder.show.data import to_json
from autograder.show.gradescope import gradescope
from autograder.show.html import html
from autograder.submission import SubmissionError, open_submission
from autograder.wall.exchange import Exchange
from autograder.wall.isolation import Isolation
from autograder.wall.proxy import Student
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
Fill = Callable[[zipfile.ZipFile, Ground], None]


@dataclass
class Bench:
    """A ground, a warm process that workers come from, and graders without a wall."""

    ground: Ground
    warm: Warm
    naive: subprocess.Popen[str]
    honest: dict[tuple[str, str], Outcomes] = field(default_factory=dict)
    scores: dict[tuple[str, str], int] = field(default_factory=dict)
    owner: bool = True  # student code keeps the judge's user

    heavy: list[Warm] = field(default_factory=list)

    @cached_property
    def assignments(self) -> dict[str, Assignment]:
        return {name: load(name, self.ground.course) for name in ("sums", "net")}

    @property
    def assignment(self) -> Assignment:
        return self.assignments["sums"]

    def may(self, attack: Attack) -> bool:
        """Tell whether student code keeps the judge's user, who owns what is attacked."""
        return self.owner and (attack.needs != "owner" or bool(self.ground.plan["library"]))

    def warm_for(self, assignment: Assignment) -> Warm:
        if assignment.light:
            return self.warm
        if not self.heavy:
            self.heavy.append(Warm.start("torch"))
        return self.heavy[0]

    def grade(
        self, name: str, files: dict[str, str], isolation: Isolation, what: str = "sums"
    ) -> Report:
        handin = self.ground.handin(name, files)
        into = self.ground.base / "work" / handin.name
        assignment = self.assignments[what]
        submission = open_submission(handin, assignment, into)
        return corpus.graded(assignment, submission, self.warm_for(assignment), isolation)

    def unwalled(self, attack: Attack) -> tuple[int, list[str]]:
        """Run a hand-in through a grader without a wall; return its score and what it got."""
        files = handed_in(attack)
        return self.handed_to_naive(attack, self.ground.handin(attack.name, files))

    def handed_to_naive(self, attack: Attack, folder: Path) -> tuple[int, list[str]]:
        plan, name = self.ground.plan, folder.name
        order = {
            "how": attack.control.value, "folder": str(folder), "tests": plan["naive"],
            "results": plan["results"], "course": plan["course"], "token": plan["token"],
            "drop": plan["drop"],
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

    def outcomes(self, honest: str, isolation: Isolation, what: str = "sums") -> Outcomes:
        """Return what honest code of this quality gets."""
        key = honest, isolation.value
        if key not in self.honest:
            source = (COURSE / "honest" / f"{honest}.py").read_text(encoding="utf-8")
            report = self.grade(f"honest-{honest}", {f"{what}.py": source}, isolation, what)
            self.honest[key] = outcomes(report)
        return self.honest[key]

    def worth(self, attack: Attack) -> int:
        """Return the score of the same hand-in without the attack, in the same naive grader."""
        key = attack.honest, attack.control.value
        if key not in self.scores:
            plain = replace(attack, name="honest", code="", beside={}, seconds=60.0, late=False)
            self.scores[key], _ = self.unwalled(plain)
            self.ground.fresh()
        return self.scores[key]


def handed_in(attack: Attack) -> dict[str, str]:
    return {f"{attack.assignment}.py": attack.source, **attack.beside}


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
            held = Bench(ground, warm, graders)
            yield held
        finally:
            for heavy in held.heavy:
                heavy.close()
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
    heavy = attack.assignment == "net"
    return [pytest.mark.torch] * heavy + [pytest.mark.slow] * (attack.slow or heavy)


def repelled(bench: Bench, attack: Attack, isolation: Isolation) -> None:
    """Fail when the attack gets anything, or another outcome than honest code."""
    honest = bench.outcomes(attack.honest, isolation, attack.assignment)
    want = honest | dict.fromkeys(attack.lost, Outcome.FAILED)
    bench.ground.fresh()
    bench.ground.watched = "signal" in attack.name
    started = time.monotonic()
    report = bench.grade(attack.name, handed_in(attack), isolation, attack.assignment)
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
    if attack.assignment == "net":
        pytest.importorskip("torch")
    if attack.open and (bench.may(attack) or not attack.owner):
        request.applymarker(pytest.mark.xfail(strict=True, reason=attack.open))
    repelled(bench, attack, isolation)


@pytest.mark.parametrize("attack", cases(slow=False) + cases(slow=True))
def test_without_the_wall_it_is_real(bench: Bench, attack: Attack) -> None:
    if attack.assignment == "net":
        pytest.importorskip("torch")
    if attack.needs and not (CAPABILITIES >> NUMBERS[attack.needs]) & 1:
        pytest.skip(f"works for root with {attack.needs} only")
    bench.ground.fresh()
    bench.ground.watched = "signal" in attack.name
    if attack.control is Control.OFF:
        report = bench.grade(attack.name, handed_in(attack), Isolation.OFF, attack.assignment)
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


def test_a_busy_class_does_not_hide_who_takes_too_much(bench: Bench, isolation: Isolation) -> None:
    attack = next(a for a in corpus.ATTACKS if a.name == "memory_in_children")
    # It holds on for long: what ends it is its memory, on however slow a machine.
    greedy = attack.source.replace("sleep(1)", "sleep(20)").replace("sleep(5)", "sleep(40)")
    limits = replace(bench.assignment.limits, call_seconds=60.0, run_seconds=90.0)
    patient = replace(bench.assignment, limits=limits)
    folder = bench.ground.handin("busy", {"sums.py": greedy})
    submission = open_submission(folder, patient, bench.ground.base / "work" / folder.name)
    source = (COURSE / "honest" / "right.py").read_text(encoding="utf-8")
    module = bench.ground.handin("other", {"sums.py": source}) / "sums.py"
    stop, answers = threading.Event(), []

    def others() -> None:
        # Workers alone: a process judges one submission at a time.
        while not stop.is_set():
            exchange = Exchange(module, Limits(), spawn=bench.warm.spawn, isolation=isolation)
            try:
                answers.append(Student(exchange).longest(["a"]))
            finally:
                exchange.close()

    bench.ground.fresh()
    thread = threading.Thread(target=others)
    thread.start()
    try:
        report = corpus.graded(patient, submission, bench.warm, isolation)
    finally:
        stop.set()
        thread.join()
    said = [check.finding.message for check in report.checks if check.finding]
    assert any("more than 512 MB" in text for text in said), said
    assert len(answers) > 1 and set(answers) == {"a"}, "the class was busy"


HIDDEN_INPUTS = """
def raise_it(*args):
    raise ValueError(f"seen: {args!r}")


def longest(words):
    print("seen:", words)
    raise type("seen_" + "_".join(words)[:2000], (KeyError,), {})(words)
"""


def test_hidden_inputs_do_not_reach_the_student(bench: Bench, isolation: Isolation) -> None:
    attack = Attack("tell", "tells what it was asked", HIDDEN_INPUTS)
    report = bench.grade("tell", {"sums.py": attack.source}, isolation)
    shown = json.dumps(gradescope(report)) + to_json(report) + html(report)
    assert "seen: ['a', 'abcd', 'ab']" in html_unescape(shown), "what is public may be told"
    assert "w" * 15 not in shown


def bomb(archive: zipfile.ZipFile, ground: Ground) -> None:
    archive.writestr("sums.py", b"#" * (1 << 27), zipfile.ZIP_DEFLATED)


def link(archive: zipfile.ZipFile, ground: Ground) -> None:
    entry = zipfile.ZipInfo("sums.py")
    entry.external_attr = 0o120777 << 16
    archive.writestr(entry, ground.plan["hidden"])


def folder_link(archive: zipfile.ZipFile, ground: Ground) -> None:
    entry = zipfile.ZipInfo("work")
    entry.external_attr = 0o120777 << 16
    archive.writestr(entry, str(Path(ground.plan["solution"]).parent))
    archive.writestr("plan.json", "{}")


def climb(archive: zipfile.ZipFile, ground: Ground) -> None:
    archive.writestr("sums.py", "X = 1\n")
    archive.writestr("../../drop/sums.py", ground.token)


def absolute(archive: zipfile.ZipFile, ground: Ground) -> None:
    archive.writestr("sums.py", "X = 1\n")
    archive.writestr(ground.plan["drop"] + "/sums.py", ground.token)


@pytest.mark.parametrize(
    "fill", [bomb, link, folder_link, climb, absolute], ids=lambda f: f.__name__
)
def test_an_archive_that_attacks_gets_nothing(
    bench: Bench, isolation: Isolation, fill: Fill
) -> None:
    bench.ground.fresh()
    folder = bench.ground.handin(fill.__name__, {})
    with zipfile.ZipFile(folder / "work.zip", "w") as archive:
        fill(archive, bench.ground)
    told, into = "", bench.ground.base / "work" / folder.name
    try:
        submission = open_submission(folder / "work.zip", bench.assignment, into)
        report = corpus.graded(bench.assignment, submission, bench.warm, isolation)
        assert report.earned == 0
        told = json.dumps(report.to_dict())
    except SubmissionError as error:
        told = str(error)
    told += "".join(path.read_text(errors="replace")[:10_000] for path in into.rglob("*"))
    assert bench.ground.got(told) == []
    assert sum(path.stat().st_size for path in into.rglob("*")) < 1 << 24
    control = Attack(fill.__name__, "", "", control=Control.UNPACK)
    _, got = bench.handed_to_naive(control, folder)
    assert got, "the archive does nothing to a grader that unpacks it"
