"""The promises as functions of reports, and the proof as text: nothing is graded here."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from autograder.assignment import Assignment, Handin, Question
from autograder.promises import broken_promises, differences
from autograder.proof import Broken, CheckName, Proof, Trial
from autograder.report import CheckResult, Finding, Outcome, QuestionResult, Report
from autograder.show.proof import proof_text

GOLDEN = Path(__file__).parent / "golden"

QUESTIONS = (
    Question("q1", "first", 10, hidden=1, hints=("look",)),
    Question("q2", "second", 10, needs=("q1",), hints=("look",)),
    Question("q3", "third", 10, needs=("q2",), hints=("look",)),
    Question("q4", "fourth", 10, hints=("look",)),
)
# q1 has a public and a hidden check, the others one public check each.
CHECKS = (
    ("q1", "test_a", False),
    ("q1", "test_b", True),
    ("q2", "test_q2", False),
    ("q3", "test_q3", False),
    ("q4", "test_q4", False),
)
SIGNS = {
    ".": Outcome.PASSED,
    "x": Outcome.FAILED,
    "w": Outcome.WAITING,
    "s": Outcome.SKIPPED,
    "!": Outcome.ERROR,
}


def assignment() -> Assignment:
    folder = Path("assignments/demo")
    return Assignment("demo", "Demo", folder, folder, "demo.py", (Handin("demo.py"),), QUESTIONS)


def report(outcomes: str, hint: str = "Turn it round") -> Report:
    """Return a report; `outcomes` has one sign of `SIGNS` for each of `CHECKS`."""
    results: dict[str, list[CheckResult]] = {q.id: [] for q in QUESTIONS}
    for (id, name, hidden), sign in zip(CHECKS, outcomes, strict=True):
        finding = None if sign == "." else Finding("value", "it is not so", hint)
        results[id].append(CheckResult(name, f"title {name}", SIGNS[sign], 1, hidden, 0.5, finding))
    questions = (
        QuestionResult(q.id, q.title, q.points, tuple(results[q.id]), q.needs) for q in QUESTIONS
    )
    return Report("demo", "Demo", tuple(questions))


# Every check is needed: these four known mistakes fail one check each.
NEEDED = tuple(
    Trial(
        "wrong", f"needs_{n}", report("".join("x" if n == m else "." for m in range(5))), "", (q,)
    )
    for n, (q, _, _) in enumerate(CHECKS)
)
GOOD = (Trial("reference", "", report(".....")), Trial("skeleton", "", report("xxwwx")), *NEEDED)


def said(*trials: Trial) -> list[str]:
    return [str(broken) for broken in broken_promises(assignment(), (*GOOD, *trials))]


def wrong(
    outcomes: str, *loses: str, hint: str = "turn  it", shown: str = "Turn it round"
) -> Trial:
    return Trial("wrong", "slip", report(outcomes, shown), "a slip", loses, hint)


def test_a_good_grader_breaks_nothing() -> None:
    assert said() == []


def test_what_this_machine_cannot_try_is_no_broken_promise() -> None:
    trials = (Trial("reference", "", report("....s")), Trial("skeleton", "", report("xxwws")))
    survivor = Trial("wrong", "low", report("....s"), "a slip", ("q4",), "turn it")
    found = broken_promises(assignment(), (*trials, *NEEDED[:4], survivor))
    assert found == ()
    proof = Proof("demo", (*trials, *NEEDED[:4], survivor), found)
    assert list(proof.untried) == [CheckName("q4", "test_q4", False)]
    assert "not tried on this machine: 1 check" in proof_text(proof)


def test_a_check_that_the_solution_passed_may_not_be_skipped_later() -> None:
    found = said(Trial("right", "other", report("....s")))
    assert len(found) == 1 and "does not pass q4" in found[0]
    assert (
        said(Trial("right", "other", report(".....")), Trial("junk", "word", report("xxwwx"))) == []
    )


KEPT = {
    "one question": wrong("x....", "q1"),
    "a hint of a hidden check": wrong(".x...", "q1"),
    "those that need it wait": wrong("x.www", "q1", "q4"),
    "those that need it fail": wrong("x.xx.", "q1"),
    "two questions": wrong("x...x", "q1", "q4"),
}


@pytest.mark.parametrize("name", KEPT)
def test_a_wrong_answer_that_keeps_its_promise(name: str) -> None:
    assert said(KEPT[name]) == []


BROKEN = {
    "survives": (
        wrong(".....", "q1"),
        ["wrong/slip survives: it keeps all 10 points of q1 and was promised to lose there"],
    ),
    "one of two survives": (wrong("x....", "q1", "q4"), ["wrong/slip survives: .* of q4"]),
    "loses what does not need it": (
        wrong("x...x", "q1"),
        ["wrong/slip also loses q4: test_q4 says failed: it is not so. .* only q1"],
    ),
    "loses what it builds on": (wrong("x.x..", "q2"), ["wrong/slip also loses q1: test_a"]),
    "names no question there is": (
        wrong("x....", "q1", "q9"),
        [r"wrong/slip is to lose q9, but there is no such question \(q1, q2, q3, q4\)"],
    ),
    "gets another hint": (
        wrong("x....", "q1", shown="Read on"),
        ["gets no hint with 'turn  it': the hints shown in q1 are 'Read on'. Name the mistake"],
    ),
    "gets no hint": (
        wrong("x....", "q1", shown=""),
        ["gets no hint .*: the hints shown in q1 are none"],
    ),
    "its hint stands in another question only": (
        replace(
            wrong("x....", "q1", hint="round"),
            report=replace(
                report("x...."),
                questions=(report("x....", "no").questions[0], *report("..xx.").questions[1:]),
            ),
        ),
        ["gets no hint with 'round'"],
    ),
    "only waits, so no hint of its own": (wrong("..w..", "q2"), ["the hints shown in q2 are none"]),
    "a crash": (
        wrong("!....", "q1"),
        ["wrong/slip breaks the check q1 test_a: error: it is not so"],
    ),
    "right, but fails": (
        Trial("right", "other", report("...x.")),
        ["right/other does not pass q3 test_q3: failed: .* promised to earn everything"],
    ),
    "right, but waits": (
        Trial("right", "o", report("...w.")),
        ["right/o does not pass q3 test_q3: w"],
    ),
    "right, but skipped": (Trial("right", "o", report("...s.")), ["does not pass .*: skipped"]),
    "right, but a crash": (
        Trial("right", "other", report("...!.")),
        ["right/other breaks the check q3 test_q3: error"],
    ),
    "junk earns a question": (
        Trial("junk", "word", report("xx..x")),
        [r"q2 is earned in full by junk \(word\)", r"q3 is earned in full by junk \(word\)"],
    ),
    "junk earns a part": (Trial("junk", "word", report(".xwwx")), []),
    "junk breaks a check": (
        Trial("junk", "word", report("x!wwx")),
        [r"q1 test_b \(hidden\) breaks on junk \(word\): error: it is not so"],
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_promise_is_said(name: str) -> None:
    import re

    trial, wanted = BROKEN[name]
    found = said(trial)
    assert len(found) == len(wanted), found
    for text, pattern in zip(found, wanted, strict=True):
        assert re.search(pattern, text), text


def test_many_kinds_of_junk_that_break_one_check_are_one_sentence() -> None:
    trials = (Trial("junk", f"kind{n}", report("x!wwx")) for n in range(9))
    (text,) = said(*trials)
    assert "(kind0, kind1, kind2, kind3, kind4, kind5 and 3 more)" in text


def test_the_reference_and_the_skeleton() -> None:
    trials = (Trial("reference", "", report("x....")), Trial("skeleton", "", report(".xwwx")))
    found = [str(b) for b in broken_promises(assignment(), (*trials, *NEEDED))]
    assert found[0].startswith("reference does not pass q1 test_a: failed: it is not so.")
    assert found[1].startswith("skeleton earns 5 of 10 in q1: it passes test_a.")
    assert len(found) == 2


def test_a_question_needs_a_public_check_a_hint_and_a_true_count() -> None:
    changed = replace(QUESTIONS[0], hidden=2, hints=())
    bare = replace(assignment(), questions=(changed, *QUESTIONS[1:]))
    only_hidden = replace(
        report("....."),
        questions=(
            replace(report(".....").questions[0], checks=report(".....").questions[0].checks[1:]),
            *report(".....").questions[1:],
        ),
    )
    found = [
        str(b) for b in broken_promises(bare, (Trial("reference", "", only_hidden), *GOOD[1:]))
    ]
    assert [text.split(",")[0].split(":")[0] for text in found] == [
        "q1 has 1 hidden check",
        "q1 has no public check",
        "q1 has no hint",
    ]


def test_an_unneeded_check_is_named_with_what_it_fails_on() -> None:
    fewer = (*GOOD[:2], *NEEDED[1:], wrong("x...x", "q1", "q4"))
    proof = Proof("demo", fewer, broken_promises(assignment(), fewer))
    assert proof.unneeded == (CheckName("q1", "test_a", False),)
    assert [str(b) for b in proof.broken] == [
        "q1 test_a is needed by no wrong file: it fails only slip, which other checks fail too. "
        "Each check was promised to catch one mistake that no other catches. Add that mistake to "
        "wrong/, or remove the check"
    ]


def test_a_check_that_waits_is_not_the_one_that_catches() -> None:
    trial = wrong("x.www", "q1")
    assert trial.failing == (CheckName("q1", "test_a", False),)
    assert Proof("demo", (GOOD[0], trial), ()).survivors(trial.failing[0]) == (trial,)


def test_two_gradings_may_differ_in_seconds_and_output_only() -> None:
    first = report("x....")

    def changed(**fields: object) -> Report:
        check = first.questions[0].checks[0]
        assert check.finding is not None
        own = {k: v for k, v in fields.items() if k == "seconds"}
        finding = replace(check.finding, **{k: v for k, v in fields.items() if k not in own})  # type: ignore[arg-type]
        new = replace(check, finding=finding, **own)  # type: ignore[arg-type]
        rest = first.questions[0].checks[1:]
        question = replace(first.questions[0], checks=(new, *rest))
        return replace(first, questions=(question, *first.questions[1:]))

    assert differences(first, changed(seconds=9.0, output="0x7f")) == []
    assert differences(first, changed(got="0.3")) == ["q1"]
    assert differences(first, report(".....")) == ["q1"]


# ------------------------------------------------------------------ as text


def large_proof() -> Proof:
    """Return a proof with 25 checks and 25 known mistakes, some promises broken."""
    names = [f"test_each_feature_{n}_has_mean_zero_and_variance_one" for n in range(25)]

    def graded(outcomes: list[Outcome]) -> Report:
        questions = []
        for q in range(5):
            checks = tuple(
                CheckResult(
                    names[n],
                    names[n],
                    outcomes[n],
                    hidden=n % 5 > 2,
                    finding=Finding("value", "no", f"divide by m, not by {n}: the mean is biased"),
                )
                for n in range(5 * q, 5 * q + 5)
            )
            questions.append(QuestionResult(f"q{q + 1}", f"question {q + 1}", 20, checks))
        return Report("bn_matrix", "Batch normalisation", tuple(questions))

    passed = [Outcome.PASSED] * 25
    trials = [Trial("reference", "", graded(passed))]
    trials.append(Trial("skeleton", "", graded([Outcome.FAILED] * 25)))
    for n in range(25):
        outcomes = list(passed)
        outcomes[n] = Outcome.FAILED
        if n % 4 == 1:
            outcomes[(n + 6) % 25] = Outcome.FAILED
        if n % 6 == 2:
            outcomes[-1] = Outcome.WAITING
        name = f"mistake_number_{n}" + "_which_is_long" * (n % 3)
        loses = (f"q{n // 5 + 1}",)
        trials.append(Trial("wrong", name, graded(outcomes), "a mistake", loses, f"not by {n}"))
    trials.append(Trial("right", "with_loops", graded(passed)))
    trials.append(Trial("junk", "word", graded([Outcome.FAILED] * 24 + [Outcome.PASSED])))
    broken = (
        Broken("wrong/mistake_number_3", "survives: it keeps all 20 points of q1. Add a check"),
        Broken("README.md", "line 3 holds `x = 1\x1b[31m`, which is in the solution"),
    )
    return Proof("bn_matrix", tuple(trials), broken, 12.5)


def small_proof() -> Proof:
    trials = (
        *GOOD,
        Trial("right", "other", report(".....")),
        Trial("junk", "word", report("xxwwx")),
    )
    return Proof("demo", trials, broken_promises(assignment(), trials))


TEXTS = {
    "proof-large-80.txt": lambda: proof_text(large_proof()),
    "proof-large-60-ascii.txt": lambda: proof_text(large_proof(), width=60, unicode=False),
    "proof-large-40.txt": lambda: proof_text(large_proof(), width=40),
    "proof-holds.txt": lambda: proof_text(small_proof()),
    "proof-color.txt": lambda: proof_text(small_proof(), color=True),
}


@pytest.mark.parametrize("name", TEXTS)
def test_the_proof_as_text_is_as_it_was(name: str) -> None:
    text = TEXTS[name]()
    file = GOLDEN / name
    if os.environ.get("REGOLD"):
        file.write_text(text, encoding="utf-8", newline="")
    assert text == file.read_bytes().decode("utf-8")


@pytest.mark.parametrize("width", [40, 57, 60, 79, 80, 100])
@pytest.mark.parametrize("unicode", [True, False])
def test_no_line_is_wider_than_the_screen(width: int, unicode: bool) -> None:
    lines = proof_text(large_proof(), width=width, unicode=unicode).splitlines()
    assert max(map(len, lines)) <= width
    if not unicode:
        assert all(line.isascii() for line in lines)


def test_the_matrix_has_every_kill_at_every_width() -> None:
    proof = large_proof()
    kills = sum(len(t.failing) for t in proof.of("wrong"))
    alone = sum(len(t.failing) == 1 for t in proof.of("wrong"))
    for width in (40, 60, 80, 100):
        text = proof_text(proof, width=width).split("which check fails")[1].split("needed by")[0]
        rows = [line[-31:] for line in text.splitlines() if "each" in line]
        assert sum(row.count("X") for row in rows) == alone
        assert sum(row.count("+") for row in rows) == kills - alone


def test_an_empty_proof_can_be_shown() -> None:
    text = proof_text(Proof("demo", (), (Broken("the master", "cannot be cut"),)))
    assert text.endswith(
        "1 promise is broken. next: mend the first, then  python grade.py verify demo\n"
    )
