"""The attacks of `tests/attacks` against otter-grader and against us: points and secrets.

Run: python benchmarks/peers_attacks.py [--otter-venv /tmp/otter-venv] [--only NAME]...
         [--families secrets,forging,patching,delayed] [--table FILE]

Root on Linux. Otter gets the same hand-in as a notebook and runs as on a server: as root under
Docker's defaults (`tests/container.py`), in namespaces where it can spoil nothing. The files
that attacks are told to look for lie where they lie in its case. Only points beyond those of the
honest code count as unearned, and only secrets that were carried out as read.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import nbformat
import peers_course as peers

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from attacks.attack import Attack  # noqa: E402
from attacks.corpus import ATTACKS, graded  # noqa: E402
from attacks.ground import Ground, plant  # noqa: E402
from otter_attacks import OWN  # noqa: E402

from autograder.assignment import load  # noqa: E402
from autograder.submission import SubmissionError, open_submission  # noqa: E402
from autograder.wall.isolation import Isolation  # noqa: E402
from autograder.wall.warm import Warm  # noqa: E402

TIMEOUT = 120
SKIPPED = {
    "exhausting": "would take down what otter shares the machine with: it sets no limits",
    "escaping": "aims at processes and sockets that the namespaces around otter take away",
    "lying": "is about models that cross as data; in otter they are ordinary objects",
}
CASES = {
    "q1": (
        "np.isclose(square_sum([1.0, 2.0, 3.0]), 14)",
        "np.isclose(square_sum([0.5, -4.0]), 16.25)",
    ),
    "q2": (
        "np.allclose(normalise(np.array([[1.0, 3.0], [4.0, 1.0]])), [[0.25, 0.75], [0.8, 0.2]])",
        "np.allclose(normalise(np.eye(3) + 1), (np.eye(3) + 1) / 4)",
    ),
    "q3": ('longest(["a", "abcd", "ab"]) == "abcd"', 'longest(["ant", "elephant"]) == "elephant"'),
    "q4": (
        "t = Tally(); t.add(1); t.add(3); assert t.total() == 4",
        "t, u = Tally(), Tally(); t.add(40); u.add(1); t.add(2); assert t.total() == 42",
    ),
}


@dataclass(frozen=True)
class Outcome:
    """What one grader gave to one hand-in, and what the hand-in got besides."""

    score: float
    got: tuple[str, ...] = ()

    @property
    def secrets(self) -> tuple[str, ...]:
        return tuple(one.removeprefix("read ") for one in self.got if one.startswith("read "))


@dataclass(frozen=True)
class Row:
    """One attack: the points that the honest code earns, otter's outcome, and ours."""

    attack: Attack
    honest: float
    otter: Outcome
    ours: Outcome


class Otter:
    """otter-grader behind namespaces, over the ground that is attacked."""

    def __init__(self, venv: Path, ground: Ground, scratch: Path) -> None:
        self.bin, self.ground, self.scratch = venv / "bin", ground, scratch
        self.zip = peers.otter_zip(self.bin, ground.base / "otter", tests(ground))
        self.results = ground.base / "otter" / "out"

    def grade(self, name: str, source: str, beside: dict[str, str]) -> Outcome:
        self.ground.fresh()
        shutil.rmtree(self.results, ignore_errors=True)
        self.results.mkdir()
        said = self._run(self._pack(name, source, beside))
        file = self.results / "results.json"
        text = file.read_text(errors="replace") if file.is_file() else ""
        return Outcome(points(text), tuple(self.ground.got(text, said)))

    def _pack(self, name: str, source: str, beside: dict[str, str]) -> Path:
        """Write the hand-in as a zip with a notebook; its plan names what lies beside otter."""
        plan = {"hidden": "tests/q1.py", "results": "../results/results.json"}
        # A notebook has no file of its own, and some attacks look there.
        first = nbformat.v4.new_code_cell("__file__ = 'sums.py'", id="place")
        book = nbformat.v4.new_notebook(cells=[first])
        book.cells.append(nbformat.v4.new_code_cell(source, id="answer"))
        book.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
        files = beside | {
            "sums.ipynb": nbformat.writes(book),
            "plan.json": json.dumps(self.ground.plan | plan),
        }
        path = self.ground.base / "otter" / f"{name}.zip"
        with zipfile.ZipFile(path, "w") as archive:
            for file, text in files.items():
                archive.writestr(file, text)
        return path

    def _run(self, work: Path) -> str:
        inner = [str(self.bin / "otter"), "run", "-a", str(self.zip), "-o", str(self.results)]
        command = [
            *("unshare", "--pid", "--fork", "--kill-child", "--mount", "--ipc", "sh"),
            *(str(ROOT / "benchmarks" / "contained.sh"), str(self.scratch), str(self.ground.base)),
            *(sys.executable, str(ROOT / "tests" / "container.py"), *inner, str(work)),
        ]
        try:
            done = subprocess.run(command, capture_output=True, timeout=TIMEOUT, cwd="/tmp")
        except subprocess.TimeoutExpired:
            return "took too long"
        return (done.stdout + done.stderr).decode(errors="replace")


def tests(ground: Ground) -> dict[str, str]:
    """Return otter's test files, with the secret that guards the hidden ones in each."""
    secret, files = ground.secrets["hidden"], {}
    for question, (public, hidden) in CASES.items():
        listed = [
            {"code": _case(public), "hidden": False},
            {"code": _case(hidden), "hidden": True},
        ]
        suites = [{"cases": listed, "scored": True, "type": "doctest"}]
        test = {"name": question, "points": 25, "suites": suites}
        files[f"{question}.py"] = f"OK_FORMAT = True\ntest = {test!r}\nSECRET = {secret!r}\n"
    return files


def _case(case: str) -> str:
    """Return a case for doctest, to which what the hand-in prints would be a wrong answer."""
    body = case if "assert" in case else f"assert {case}"
    quiet = "with contextlib.redirect_stdout(io.StringIO())"
    return f">>> import contextlib, io, numpy as np\n>>> {quiet}: {body}\n"


def points(results: str) -> float:
    """Return the score as Gradescope would read it; no score where it could not."""
    try:
        told = json.loads(results)
        given = told.get("score")
        found = sum(t.get("score", 0) for t in told["tests"]) if given is None else given
        return round(float(found), 2)
    except (ValueError, KeyError, TypeError, AttributeError):
        return 0.0


def our_outcome(ground: Ground, warm: Warm, attack: Attack) -> Outcome:
    """Grade the hand-in as the tests do; one that cannot be opened earns nothing."""
    ground.fresh()
    assignment = load("sums", ground.course)
    work = ground.handin(attack.name, {"sums.py": attack.source, **attack.beside})
    with tempfile.TemporaryDirectory() as folder:
        try:
            submission = open_submission(work, assignment, Path(folder).resolve())
        except SubmissionError as error:
            return Outcome(0.0, tuple(ground.got(str(error))))
        report = graded(assignment, submission, warm, Isolation.REQUIRED)
    return Outcome(round(report.earned, 2), tuple(ground.got(json.dumps(report.to_dict()))))


def compare(attacks: list[Attack], venv: Path) -> Iterator[Row]:
    """Yield a row for each attack; the honest codes come first, without one."""
    peers.environment(venv, "otter-grader==7.0.0", "ipykernel", "numpy")
    ground = plant()
    try:
        with Warm.start() as warm, tempfile.TemporaryDirectory(dir="/var/tmp") as scratch:
            otter, honest = Otter(venv, ground, Path(scratch)), {}
            for kind in sorted({attack.honest for attack in attacks}):
                plain = Attack(f"honest_{kind}", "nothing", "", honest=kind, family="honest")
                ours, theirs = our_outcome(ground, warm, plain), otter.grade(kind, plain.source, {})
                honest[kind] = ours.score
                if theirs.score != ours.score:
                    raise SystemExit(f"{kind}: otter gives {theirs.score}, we {ours.score}")
            for attack in attacks:
                theirs = otter.grade(attack.name, attack.source, dict(attack.beside))
                ours = our_outcome(ground, warm, attack)
                yield Row(attack, honest[attack.honest], theirs, ours)
    finally:
        ground.close()


def line(row: Row) -> str:
    def cell(outcome: Outcome) -> str:
        over = max(0.0, outcome.score - row.honest)
        return f"{outcome.score:g} | {over:g} | {', '.join(outcome.secrets) or '-'}"

    name = f"{row.attack.family}: {row.attack.name}"
    return f"| {name} | {row.honest:g} | {cell(row.otter)} | {cell(row.ours)} |"


def summary(rows: list[Row]) -> Iterator[str]:
    yield "\n| | otter-grader | graded descent |\n|---|---|---|"
    pairs = [(row.honest, row.otter, row.ours) for row in rows]
    forged = [sum(both[side].score > both[0] for both in pairs) for side in (1, 2)]
    unearned = [sum(max(0.0, both[side].score - both[0]) for both in pairs) for side in (1, 2)]
    readers = [sum(bool(both[side].secrets) for both in pairs) for side in (1, 2)]
    yield f"| attacks that earned what they had not | {forged[0]} | {forged[1]} |"
    yield f"| unearned points | {unearned[0]:g} | {unearned[1]:g} |"
    yield f"| attacks that read a secret | {readers[0]} | {readers[1]} |"


def chosen(families: list[str], only: list[str]) -> list[Attack]:
    everything = [*OWN, *ATTACKS]
    if only:
        return [attack for attack in everything if attack.name in only]
    return [a for a in everything if a.family in families and not a.slow]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--families", default="otter,secrets,forging,patching,delayed")
    parser.add_argument("--only", action="append", default=[])
    parser.add_argument("--otter-venv", type=Path, default=Path("/tmp/otter-venv"))
    given = parser.parse_args()
    families = given.families.split(",")
    attacks = chosen(families, given.only)
    heads = ("attack", "honest", "otter", "unearned", "read", "ours", "unearned", "read")
    print(f"| {' | '.join(heads)} |\n|{'---|' * len(heads)}", flush=True)
    rows = []
    for row in compare(attacks, given.otter_venv):
        rows.append(row)
        print(line(row), flush=True)
    print("\n".join(summary(rows)))
    for family, reason in SKIPPED.items() if not given.only else ():
        if family not in families:
            count = sum(attack.family == family for attack in ATTACKS)
            print(f"\nSkipped: {family} ({count} attacks): {reason}.")


if __name__ == "__main__":
    main()
