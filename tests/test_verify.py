"""The proof of a grader: the template keeps every promise, and each promise can be broken."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from autograder import junk
from autograder.assignment import load
from autograder.junk import KINDS
from autograder.promises import differences
from autograder.proof import CheckName, Proof
from autograder.release.new import new
from autograder.verify import verify

PUBLIC = "assignments/sample/test_public.py"
HIDDEN = "solutions/sample/test_hidden.py"
MASTER = "solutions/sample/softmax.py"
MANIFEST = "assignments/sample/assignment.toml"
WRONG = "solutions/sample/wrong/"


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Proof:
    root = tmp_path_factory.mktemp("whole")
    new("sample", root)
    return verify(load("sample", root), jobs=2)


def small(root: Path) -> Path:
    """Make the sample with just the overlays that its four checks need."""
    new("sample", root)
    for name in ("wrong/log_of_base_2", "wrong/not_normalised", "right/logaddexp"):
        (root / f"solutions/sample/{name}.py").unlink()
    return root


def test_the_template_keeps_every_promise(whole: Proof) -> None:
    assert [str(b) for b in whole.broken] == []
    assert whole.holds and whole.assignment == "sample"
    assert [len(whole.of(kind)) for kind in ("reference", "skeleton", "wrong", "right")] == [
        1,
        1,
        6,
        2,
    ]
    assert [t.name for t in whole.of("junk")] == list(KINDS)
    assert whole.of("reference")[0].report.earned == 10
    assert whole.of("skeleton")[0].report.earned == 0
    assert max(t.report.earned for t in whole.of("junk")) == 0


def test_the_trials_run_behind_the_wall(whole: Proof) -> None:
    isolation = {t.report.facts["isolation"] for t in whole.trials}
    assert not any("inline" in layers for layers in isolation)


def test_the_kill_matrix(whole: Proof) -> None:
    killed = {
        check.name: {t.name: len(t.failing) for t in whole.of("wrong") if check in t.failing}
        for check in whole.checks
    }
    assert killed == {
        "test_worked_vector": {"not_normalised": 2, "whole_numbers": 1},
        "test_large_scores": {"not_normalised": 2, "overflow": 1},
        "test_worked_batch": {"log_of_base_2": 2, "sum_of_losses": 1},
        "test_a_sure_row": {"log_of_base_2": 2, "log_of_softmax": 1},
    }
    assert {c.name: [t.name for t in whole.survivors(c)] for c in whole.checks} == {
        "test_worked_vector": ["whole_numbers"],
        "test_large_scores": ["overflow"],
        "test_worked_batch": ["sum_of_losses"],
        "test_a_sure_row": ["log_of_softmax"],
    }
    assert whole.unneeded == ()


def test_a_known_mistake_says_what_it_is(whole: Proof) -> None:
    trial = next(t for t in whole.of("wrong") if t.name == "overflow")
    assert trial.label == "wrong/overflow"
    assert trial.about == "The largest score is not subtracted: exp(1000) is infinite."
    assert (trial.loses, trial.hint) == (("q1",), "an overflow")
    assert [q.id for q in trial.lost] == ["q1"]


def without_check(text: str, name: str) -> str:
    """Return a grader file without one check."""
    pattern = rf'@question\("\w+"\)\ndef {name}\(.*?(?=\n@question|\Z)'
    result, count = re.subn(pattern, "", text, flags=re.S)
    assert count == 1
    return result


@pytest.mark.parametrize("name", ["test_worked_vector", "test_a_sure_row"])
def test_what_survives_without_a_check_is_what_the_matrix_says(
    tmp_path: Path, whole: Proof, name: str
) -> None:
    root = small(tmp_path)
    check = next(c for c in whole.checks if c.name == name)
    file = root / (HIDDEN if check.hidden else PUBLIC)
    file.write_text(without_check(file.read_text(), name))
    proof = verify(load("sample", root), quick=True)
    survivors = [f"wrong/{t.name}" for t in whole.survivors(check)]
    assert [b.where for b in proof.broken if "survives" in b.says] == survivors
    assert all(t.report.earned == 10 for t in proof.of("wrong") if t.label in survivors)


HINTS = """hints = [
    "Softmax turns scores into shares: every entry is positive, and together they are 1.",
    "exp(z + c) = exp(z) exp(c), so a constant added to every score changes no share.",
    "Subtract the largest score first, then divide exp(z) by the sum of exp(z).",
]"""


@dataclass(frozen=True)
class Sabotage:
    """One way to break the sample: text replaced in a file, and what must be said of it."""

    file: str
    old: str
    new: str
    says: Mapping[str, str]


SABOTAGE = {
    "a hint is worded otherwise": Sabotage(
        PUBLIC,
        "divide by the number of rows",
        "take the average",
        {
            "wrong/sum_of_losses": "gets no hint with 'divide by the number of rows': the hints "
            "shown in q2 are 'take the average: the loss is a mean, not a sum'. Name the mistake"
        },
    ),
    "a wrong answer is made right": Sabotage(
        WRONG + "overflow.py",
        "np.exp(z) / np.exp(z).sum()",
        "np.exp(z - max(z)) / np.exp(z - max(z)).sum()",
        {
            "wrong/overflow": "survives: it keeps all 5 points of q1 and was promised to lose",
            "q1 test_large_scores (hidden)": "is needed by no wrong file: it fails on no wrong",
        },
    ),
    "a right answer is made wrong": Sabotage(
        "solutions/sample/right/with_loops.py",
        "return total / len(labels)",
        "return total",
        {
            "right/with_loops": "does not pass q2 test_worked_batch: failed: cross_entropy.* It "
            "was promised to earn everything. Mend the check, or this right answer"
        },
    ),
    "a grader that accepts too much": Sabotage(
        PUBLIC,
        "losses.mean(),\n        mistakes",
        "losses.mean(), rtol=1.0,\n        mistakes",
        {
            "wrong/sum_of_losses": "survives: it keeps all 5 points of q2",
            "q2 test_worked_batch": "is needed by no wrong file",
        },
    ),
    "a grader that is too strict": Sabotage(
        HIDDEN,
        'expect(student.softmax(z + 1000.0), "softmax(z)")',
        'got = student.softmax(z + 1000.0)\n    expect(got).that(isinstance(got, np.ndarray), "an '
        'array was wanted")\n    expect(got)',
        {"right/with_loops": r"does not pass q1 test_large_scores \(hidden\): failed: an array"},
    ),
    "a check that passes on unwritten work": Sabotage(
        PUBLIC,
        '@question("q2")',
        '@question("q1")\ndef test_nothing(student):\n    """any file is fine"""\n\n\n'
        '@question("q2")',
        {
            "skeleton": "earns 1.67 of 5 in q1: it passes test_nothing. It was promised to earn 0",
            "q1 test_nothing": "is needed by no wrong file: it fails on no wrong file. Each check",
        },
    ),
    "a check that crashes on a wrong answer": Sabotage(
        PUBLIC,
        "    expect(loss, ",
        "    [0][int(loss > 2)]\n    expect(loss, ",
        {
            "wrong/sum_of_losses": "breaks the check q2 test_worked_batch: error: IndexError: list "
            r"index out of range \(test_public.py:\d+\). A check was promised to fail",
            "q2 test_worked_batch": "is needed by no wrong file",
        },
    ),
    "a random number that no seed holds": Sabotage(
        HIDDEN,
        "rng.normal(size=3)",
        "np.random.normal(size=3)",
        {"wrong/log_of_softmax": "was graded twice and q2 came out differently. .* from `rng`"},
    ),
    "a skeleton that is not current": Sabotage(
        MASTER,
        "positive, with sum 1.",
        "positive and with sum 1.",
        {"softmax.py": "in assignments/sample is not the skeleton .* --write-skeleton"},
    ),
    "a solution line in the handout": Sabotage(
        "assignments/sample/README.md",
        "The scores may be",
        "Begin with  `powers = np.exp(z - np.max(z))`. The scores may be",
        {
            "README.md": r"line 11 holds `powers = .*\)\)`, which is in the solution "
            r"\(softmax.py:10\)"
        },
    ),
    "a solution line in a public check": Sabotage(
        PUBLIC,
        "    z = np",
        "    # of_labels = logits[np.arange(len(labels)),    labels]\n    z = np",
        {"test_public.py": "line 11 holds `of_labels = .*`, which is in the solution"},
    ),
    "a hidden check too many": Sabotage(
        MANIFEST,
        'title = "softmax of a vector"\npoints = 5\nhidden = 1',
        'title = "softmax of a vector"\npoints = 5\nhidden = 2',
        {"q1": "has 1 hidden check, but assignment.toml declares 2. Write `hidden = 1` there"},
    ),
    "a question without hints": Sabotage(
        MANIFEST,
        HINTS,
        "hints = []",
        {"q1": "has no hint: `grade hint` could say nothing. Add `hints` in assignment.toml"},
    ),
    "a question without a public check": Sabotage(
        PUBLIC,
        '@question("q1")',
        '@question("q2")',
        {
            "q1": "has no public check: a student could not tell whether it works",
            "wrong/whole_numbers": "survives: it keeps all 5 points of q1|also loses q2: "
            "test_worked_vector says failed: .* It was promised to lose only q1",
        },
    ),
    "a grader that cannot be imported": Sabotage(
        HIDDEN, "import numpy", "import nunpy", {"the grader": "cannot be loaded: .*nunpy"}
    ),
    "a master whose markers do not match": Sabotage(
        MASTER,
        "    # END SOLUTION\n\n",
        "\n",
        {"the master": "cannot be cut: softmax.py, line .*: the solution of line"},
    ),
    "an overlay that is no Python": Sabotage(
        WRONG + "overflow.py",
        "def softmax(z):",
        "def softmax(z:",
        {
            "wrong/overflow.py": r"is not valid Python \(line 8: ",
            "q1 test_large_scores (hidden)": "is needed by no wrong file",
        },
    ),
}


@pytest.mark.parametrize("name", SABOTAGE)
def test_each_broken_promise_is_said_and_no_other(tmp_path: Path, name: str) -> None:
    root, made = small(tmp_path), SABOTAGE[name]
    file = root / made.file
    text = file.read_text()
    assert made.old in text
    file.write_text(text.replace(made.old, made.new, 1))
    proof = verify(load("sample", root), quick=True)
    assert not proof.holds
    assert {b.where for b in proof.broken} == set(made.says), [str(b) for b in proof.broken]
    for broken in proof.broken:
        assert re.search(made.says[broken.where], broken.says), str(broken)


def test_junk_that_breaks_or_fools_a_check_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = small(tmp_path)
    file = root / HIDDEN
    text = without_check(file.read_text(), "test_large_scores")
    file.write_text(
        text + '\n@question("q1")\ndef test_a_truth(student):\n    """softmax answers"""\n'
        "    assert student.softmax([1])\n"
    )
    file = root / PUBLIC
    text = without_check(file.read_text(), "test_worked_vector")
    file.write_text(
        text + '\n@question("q1")\ndef test_a_length(student):\n    """softmax is not empty"""\n'
        "    assert student.softmax([1]) is not None\n"
    )
    chosen = ("word", "wrong_shape", "nothing")
    monkeypatch.setattr(junk, "KINDS", {name: KINDS[name] for name in chosen})
    said = [
        str(b)
        for b in verify(load("sample", root)).broken
        if "by junk" in b.says or "on junk" in b.says
    ]
    assert len(said) == 2, said
    assert re.match(
        r"q1 test_a_truth \(hidden\) breaks on junk \(wrong_shape\): error: ValueError", said[0]
    )
    assert said[1].startswith("q1 is earned in full by junk (word), which was promised to earn")


def test_without_solutions_there_is_nothing_to_prove(tmp_path: Path) -> None:
    import shutil

    root = small(tmp_path)
    shutil.rmtree(root / "solutions")
    with pytest.raises(ValueError, match="the solutions of sample are not here"):
        verify(load("sample", root))


def test_two_processes_find_what_one_finds(tmp_path: Path, whole: Proof) -> None:
    root = small(tmp_path)
    alone = verify(load("sample", root), quick=True)
    for trial in alone.trials:
        twin = next(t for t in whole.trials if t.label == trial.label)
        assert differences(trial.report, twin.report) == []


def test_a_hidden_and_a_public_check_may_share_a_name() -> None:
    assert CheckName("q1", "test_a", True) != CheckName("q1", "test_a", False)
