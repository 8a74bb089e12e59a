"""Reports to render: a few by hand for the golden files, and any report for hypothesis."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import strategies as st

from autograder.report import (
    HIDDEN_MESSAGES,
    CheckResult,
    Finding,
    Outcome,
    QuestionResult,
    Report,
)

CPU = "cpu (no CUDA GPU: GPU-only checks are skipped, not failed)"

WRONG_VALUE = Finding(
    "value",
    "entry [0, 0] is -0.707, expected -1",
    hint="divide by m, not by m - 1",
    inputs="z = [[1, 3], [0, 4]]",
    got="[[-0.707, 0.707], ...]",
    want="[[-1, 1], ...]",
    where="bn.py:31 bn_train",
    output="mean is [2. 2.]\n",
)
RAISED = Finding(
    "raised",
    "your code raised ZeroDivisionError: division by zero",
    inputs="gamma = 0",
    where="bn.py:77 bn_backward",
    traceback=(
        "Traceback (most recent call last):\n"
        '  File "bn.py", line 77, in bn_backward\n'
        "    return dz / gamma\n"
        "ZeroDivisionError: division by zero"
    ),
    exception="ZeroDivisionError",
)
LONG_VALUE = Finding(
    "value",
    "the answer is not right in 12 of 16 entries",
    inputs="\n".join(f"row {i} = [0.125, 0.25, 0.375, 0.5]" for i in range(16)),
    got="[[ 1.  0.]\n [ 0.  1.]]",
    want="[[ 1.   0.5]\n [ 0.5  1. ]]",
    where="bn.py:90 bn_backward",
)


def check(
    title: str, outcome: str = "passed", finding: Finding | None = None, **rest
) -> CheckResult:
    name = "test_" + "_".join(title.split()[:4])
    seconds = rest.pop("seconds", 0.01)
    return CheckResult(name, title, Outcome(outcome), seconds=seconds, finding=finding, **rest)


def failing() -> Report:
    """A submission in which most things that can happen did happen, apart from our fault."""
    train = (
        check("each feature has mean 0"),
        check("any batch and feature count"),
        check("scale and shift come last"),
        check("each feature has variance 1 over the batch", "failed", WRONG_VALUE, weight=3),
        check("eps is inside the square root", "failed", RAISED, weight=1.5),
    )
    gpu = Finding("skipped", "needs a CUDA GPU")
    waits = Finding("waiting", "waits for q3")
    questions = (
        QuestionResult(
            "q1",
            "the normalised matrix",
            15,
            (check("the worked matrix"), check("one row stays one row")),
        ),
        QuestionResult("q3", "bn_train", 30, train),
        QuestionResult(
            "q4",
            "running statistics",
            20,
            (check("the mean moves by the momentum", "waiting", waits, seconds=0),),
            needs=("q3",),
        ),
        QuestionResult(
            "q5",
            "the backward pass, with respect to the input, the scale and the shift",
            27.5,
            (check("the gradient of z", "failed", LONG_VALUE), check("the gradient of beta")),
        ),
        QuestionResult(
            "q10",
            "on the GPU",
            7.5,
            (check("the same values on cuda", "skipped", gpu, seconds=0),),
        ),
    )
    return Report(
        "bn_matrix",
        "Batch normalisation by hand",
        questions,
        hidden_left=14,
        notes=("notes.txt is not asked for and was left out",),
        facts={"device": CPU, "python": "3.11.2", "isolation": "process=on"},
        seconds=0.31,
        submission="work/bn_matrix",
    )


def error() -> Report:
    """A report in which the grader broke on one check and another waits for a person."""
    broke = Finding("error", "KeyError: 'gamma' (test_public.py:12)")
    person = Finding("judge", "a person has to look: the formula is too long to decide")
    questions = (
        failing().questions[0],
        QuestionResult(
            "q2", "the scale", 25, (check("gamma scales", "error", broke), check("beta shifts"))
        ),
        QuestionResult("q6", "the formula", 10, (check("it is simplified", "error", person),)),
    )
    return replace(failing(), questions=questions, notes=())


def green() -> Report:
    """Every public check passed; the hidden ones are still to come."""
    questions = tuple(
        replace(q, checks=tuple(replace(c, outcome=Outcome.PASSED, finding=None) for c in q.checks))
        for q in failing().questions
    )
    return replace(failing(), questions=questions, notes=())


def green_hidden() -> Report:
    """Every check passed, the hidden ones too."""
    hidden = check("no loop over the batch", hidden=True)
    questions = tuple(replace(q, checks=(*q.checks, hidden)) for q in green().questions)
    return replace(green(), questions=questions, hidden_left=0)


def hidden_failing() -> Report:
    """A hidden check failed first: it may show its title, its hint and fixed words."""
    secret = replace(WRONG_VALUE, message="SECRET entry is 3.75")
    hidden = check("a batch of any size", "failed", secret, hidden=True)
    first, *rest = green().questions
    first = replace(first, checks=(*first.checks, hidden))
    return replace(green(), questions=(first, *rest), hidden_left=0)


HOSTILE = (
    "\x1b[31mred\x1b[0m",
    "\x1b]8;;http://x.example\x07link\x1b]8;;\x07",
    "\x9b31m",
    "[red]markup[/red] [link=http://x.example]",
    "<script>alert(1)</script>",
    "</style><img src=x onerror=alert(1)>",
    "{{ 7 * 7 }}{% raw %}",
    "'\"><svg onload=alert(1)>",
    "x" * 400,
    "宽字符" * 30,
    "🙂🙃" * 35,
    "e\u0301" * 70,
    "a\tb\r\nc\rd\x00e",
    "\u202eright to left\u2066",
    "\ud800 lone",
    "  [[ 1.  2.]\n   [ 3.  4.]]",
    "C:\\work\\bn.py:31 f",
    "",
    " ",
    "\n\n",
)
texts = st.sampled_from(HOSTILE) | st.text(max_size=40)
words = st.text("abcdefgh 漢🙂<[", min_size=1, max_size=80)
numbers = st.floats(0, 100, allow_nan=False).map(lambda x: round(x, 2))
findings = st.builds(
    Finding,
    st.sampled_from(sorted(HIDDEN_MESSAGES)),
    *[texts] * 9,
)


def _waits_for_a_person(check: CheckResult) -> bool:
    return check.finding is not None and check.finding.kind == "judge"


checks = st.builds(
    CheckResult,
    texts,
    texts,
    st.sampled_from(Outcome),
    st.sampled_from((0, 0.5, 1, 1, 2, 3, 7)),
    st.booleans(),
    numbers,
    st.none() | findings,
).filter(lambda check: not (check.outcome is Outcome.PASSED and _waits_for_a_person(check)))
questions = st.builds(
    QuestionResult,
    st.sampled_from(("q1", "q2", "part-seven", "q[b]")) | words,
    texts,
    numbers | st.sampled_from((10, 15, 7.5)),
    st.lists(checks, max_size=4).map(tuple),
    st.lists(st.sampled_from(("q1", "q2")), max_size=2).map(tuple),
)
reports = st.builds(
    Report,
    st.sampled_from(("bn_matrix", "conv")),
    texts,
    st.lists(questions, max_size=4, unique_by=lambda q: q.id).map(tuple),
    st.integers(0, 20),
    st.lists(texts, max_size=5).map(tuple),
    st.dictionaries(st.sampled_from(("device", "python", "seed")), texts),
    numbers,
    texts,
)
