"""Answers told in a handout: as tables, in LaTeX, in sentences; and what is no answer."""

from __future__ import annotations

import re
import shutil
import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from planted import ROOT, SMALL
from planted_answers import ANSWERS, APART, BACKPROP, BN, SAID, SHORT, TOGETHER

from autograder.assignment import Assignment, load
from autograder.leaks import choices, formulas, grids, release_leaks, values
from autograder.leaks.formulas import Formulas
from autograder.leaks.notation import plain, squeezed
from autograder.leaks.reading import balanced, runs, value
from autograder.leaks.secrets import Secrets, secrets
from autograder.leaks.spot import Spot
from autograder.leaks.worked import Answer, worked_out
from autograder.release.members import Member
from autograder.release.skeleton import masters

STEADY = settings(derandomize=True, deadline=None, database=None, max_examples=60)
SPOT = Spot("x.py", 1, 1)


# ------------------------------------------------------------------ planted answers


@pytest.mark.parametrize("name", ANSWERS)
def test_an_answer_is_found_in_a_handout(name: str) -> None:
    assignment, text, says = ANSWERS[name]
    found = release_leaks(assignment, [Member("README.md", text.encode())], ())
    assert len(found) == 1 and re.search(says, found[0].says, re.S), found


@pytest.mark.parametrize("name", SAID)
def test_what_a_handout_may_say_is_no_answer(name: str) -> None:
    assignment, text = SAID[name]
    assert release_leaks(assignment, [Member("README.md", text.encode())], ()) == []


@pytest.mark.parametrize("name", TOGETHER)
def test_short_lines_of_a_hidden_check_are_found_together(sample: Assignment, name: str) -> None:
    found = release_leaks(sample, [Member("x.md", TOGETHER[name].encode())], ())
    assert re.search(r"holds `gap = .* a hidden check \(test_hidden\.py:2\)", found[0].says)


@pytest.mark.parametrize("name", APART)
def test_a_short_line_of_a_hidden_check_alone_is_none(sample: Assignment, name: str) -> None:
    assert release_leaks(sample, [Member("x.md", APART[name].encode())], ()) == []


def test_short_lines_that_are_public_tell_nothing(sample: Assignment) -> None:
    public = sample.folder / "test_public.py"
    public.write_text(f"{public.read_text()}\n\n{SHORT}")
    given = Member("x.md", TOGETHER["as they are"].encode())
    assert release_leaks(sample, [given], ()) == []


@pytest.fixture
def sample(tmp_path: Path) -> Assignment:
    """The small assignment, with short lines in its hidden checks."""
    course = tmp_path / "course"
    shutil.copytree(ROOT / "tests/samples/course", course)
    small = load("small", course)
    assert small.solution is not None
    (small.solution / "test_hidden.py").write_text(SHORT)
    return small


# ------------------------------------------------------------------ what a master comes to

MASTER = """
import math
import torch
from fractions import Fraction

import numpy as np

GIVEN = [1.5, 2.5, 3.5, 9.5]
# BEGIN SOLUTION
HALF = Fraction(1, 2)
BROKEN = torch.zeros(3)
ROWS = np.outer([HALF, 3], [1, 5, -7]) + 0
WORD = {"first": "b", "all": [True, math.sqrt(4)], 3: "c"}
MANY = np.zeros(10**6)
x = y = 7
SHOWN = 8
# END SOLUTION
SHOWN = 9
"""


def test_a_master_is_worked_out_without_what_is_heavy() -> None:
    found = {answer.name: answer.value for answer in worked_out({"m.py": MASTER})}
    rows = [[0.5, 2.5, -3.5], [3.0, 15.0, -21.0]]
    words = {"first": "b", "all": [True, 2.0]}
    assert found == {"HALF": 0.5, "ROWS": rows, **words, "MANY": None, "x": 7, "y": 7}


def test_what_outside_text_gives_is_no_answer() -> None:
    answer = Answer("M", [[1.5, 2.25], [3.75, 1.125]], SPOT)
    assert len(grids.grids([answer], "").numbers) > 0
    given = grids.grids([answer], "M = ((1.5, 2.25),\n     (3.75, 1.125))")
    assert not any(str(grid).startswith("1.5") and len(grid.rows) == 2 for grid in given.numbers)
    letter = Answer("WHICH", "b", SPOT)
    assert choices.choices([letter], "The answer to WHICH is b.") == ()


@pytest.mark.parametrize(
    "value",
    [
        [1, 2, 3, 4],
        [6, 16, 120, 84],
        [[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]],
        [[0, 1, 0, 1, 0, 1], [0, 1, 0, 1, 0, 1]],
        [[5.5] * 4] * 4,
        [16.5, 33, 66, 132],
        [3.5, 4.5],
        0.125,
        "abc",
    ],
)
def test_what_anybody_may_write_is_no_grid(value: object) -> None:
    assert grids.grids([Answer("M", value, SPOT)], "").numbers == ()


# ------------------------------------------------------------------ any matrix, any formula

NUMBERS = st.integers(-99, 99) | st.integers(-999, 999).map(lambda n: n / 8)
MATRICES = st.integers(2, 5).flatmap(
    lambda width: st.lists(
        st.lists(NUMBERS, min_size=width, max_size=width), min_size=2, max_size=5
    )
)
WRITTEN = {
    "a list": lambda rows: repr(rows),
    "tuples": lambda rows: repr(tuple(map(tuple, rows))),
    "an array": lambda rows: repr(np.array(rows, dtype=object)),
    "a table": lambda rows: "\n".join(
        "| " + " | ".join(map(str, row)) + " |" + ("\n|" + "--|" * len(row)) * (n == 0)
        for n, row in enumerate(rows)
    ),
    "LaTeX": lambda rows: (
        "\\begin{pmatrix}" + r" \\ ".join(" & ".join(map(str, row)) for row in rows) + "\\end"
    ),
    "eighths": lambda rows: "\n".join(
        "& ".join(rf"\frac{{{round(8 * value)}}}{{8}}" for value in row) for row in rows
    ),
    "quotients": lambda rows: "; ".join(
        ", ".join(f"{round(8 * value)}/8" for value in row) for row in rows
    ),
    "a sentence": lambda rows: ", and then ".join(", ".join(map(str, row)) for row in rows),
    "MATLAB": lambda rows: "; ".join(" ".join(f"{value:.4f}" for value in row) for row in rows),
    "columns": lambda rows: repr([list(column) for column in zip(*rows, strict=True)]),
}


@pytest.mark.parametrize("form", WRITTEN)
@STEADY
@given(rows=MATRICES)
def test_a_matrix_is_found_in_any_notation(form: str, rows: list[list[float]]) -> None:
    secret = grids.grids([Answer("M", rows, SPOT)], "")
    whole = tuple(" ".join(values.normal(repr(v)) or "" for v in row) for row in rows)
    assume(any(grid.rows == whole for grid in secret.numbers))
    text = f"It is\n{WRITTEN[form](rows)}\nas you see."
    found = list(grids.standing(values.stream(text), secret))
    assert found and found[0][0] == 2


TREES = st.recursive(
    st.sampled_from(["a_h1", "w5", "t_1", "2"]),
    lambda inner: st.tuples(st.sampled_from("+-*/^"), inner, inner),
    max_leaves=8,
)


def latex(tree: object) -> str:
    if not isinstance(tree, tuple):
        return re.sub(r"_(\w+)", r"_{\1}", str(tree))
    sign, left, right = tree[0], latex(tree[1]), latex(tree[2])
    if sign == "/":
        return rf"\frac{{{left}}}{{{right}}}"
    if sign == "^":
        return rf"\left({left}\right)^{{2}}"
    return rf"({left}) \, ({right})" if sign == "*" else rf"\bigl({left} {sign} {right}\bigr)"


def python(tree: object) -> str:
    if not isinstance(tree, tuple):
        return str(tree)
    sign, left, right = tree[0], python(tree[1]), python(tree[2])
    return f"({left})**2" if sign == "^" else f"(({left}){sign}({right}))"


@STEADY
@given(tree=TREES)
def test_a_formula_has_one_value_in_latex_and_python(tree: object) -> None:
    point = {"ah1": 0.7, "w5": 1.3, "t1": 0.4}
    names = re.compile("ah1|w5|t1")
    try:
        want = eval(python(tree), {"a_h1": 0.7, "w5": 1.3, "t_1": 0.4})
    except ArithmeticError:
        want = None
    for text in (python(tree), latex(tree), f"so = {python(tree)}, as"):
        (run,) = runs(squeezed(text), names)
        got = value(balanced(run), point)
        assert got == pytest.approx(want, rel=1e-12) if want is not None else got is None


@STEADY
@given(
    text=st.text(max_size=200) | st.text(alphabet="a_h1w5{}()\\frac^*/+- .\n$&|,0", max_size=200)
)
def test_any_text_is_read_for_answers(text: str) -> None:
    for secret in SECRETS:
        told = values.stream(text)
        assert all(line >= 1 for line, _ in grids.standing(told, secret.grids))
        list(formulas.standing(text, secret.formulas))
        list(choices.standing(text, secret.choices))
        list(grids.named(text, secret.grids))
    assert plain(text).count("\n") == text.count("\n") == told.source.count("\n")


SECRETS = tuple(secrets(a) for a in (BN, BACKPROP, ANSWERS["a truth"][0]))
NAMES = "a_o1 t1 a_h1 (1 - a_o1) "
HOSTILE = {
    "brackets": "(" * 100_000 + NAMES,
    "a long product": NAMES * 30_000,
    "many formulas": f"{NAMES}\n" * 30_000,
    "displays that never end": NAMES + r"\begin{align} \[ $$ $ " * 30_000,
    "fractions": NAMES + r"\frac" * 100_000 + r"\frac{1" * 30_000,
    "indices": NAMES + "a_{" * 100_000 + "a^{1}_" * 30_000,
    "rows again and again": "-1 1 1 -1 " * 40_000 + "2",
    "rows among words": "row -1 1 1 -1 " * 30_000,
    "powers": NAMES + "2" + "^2" * 100_000,
    "huge powers": f"{NAMES} 9**9**9**9**9\n" * 2000,
    "quotes": "RELATION is " + "`'\"*(" * 60_000,
    "links": "train_test is the answer to " * 20_000 + "is the " * 60_000,
    "spaces": "RELATION is" + " " * 500_000 + "d\\\\" + " " * 500_000,
    "wrapped lines": "RELATION is\n" * 40_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_text_takes_no_time(name: str) -> None:
    for secret in SECRETS:
        started = time.process_time()
        text = HOSTILE[name]
        list(grids.standing(values.stream(text), secret.grids))
        list(grids.named(text, secret.grids))
        list(formulas.standing(text, secret.formulas))
        list(choices.standing(text, secret.choices))
        assert time.process_time() - started < 5


def test_masters_without_answers_give_none() -> None:
    secret: Secrets = secrets(SMALL)
    assert secret.grids == grids.Grids() and secret.formulas == Formulas()
    assert masters(SMALL)
