"""Formulas of a student against the right one: what is said, and that nothing hangs."""

from __future__ import annotations

import time

import pytest
import sympy as sp

from autograder.checks import expect
from autograder.checks.failure import CheckFailed
from autograder.report import Finding
from autograder.wall.wire import Formula, FormulaMatrix

X, Y = sp.symbols("x y")
NAMES = {"x": X, "y": Y, "s": X + Y}


def finding(got: object, want: object, **options: object) -> Finding:
    with pytest.raises(CheckFailed) as failed:
        expect(got, "A").same_expression(want, NAMES, **options)  # type: ignore[arg-type]
    return failed.value.finding


def test_other_forms_of_the_right_formula_pass() -> None:
    for got in ("2*x + y", Formula("s + x"), "3*x + y - x", [["2*x + y"]], 2 * X + Y):
        expect(got).same_expression(2 * X + Y, NAMES)


def test_a_difference_comes_with_a_point_and_the_hint_but_not_the_right_formula() -> None:
    found = finding("2*x - y", 2 * X + Y, mistakes={"y is added": 2 * X - Y})
    assert found.hint == "y is added"
    assert found.got == "-y + 2*x"
    assert "was wanted" in found.message
    assert "2*x + y" not in str(found)


def test_the_entry_that_differs_is_named_by_the_graders_labels() -> None:
    right = sp.Matrix([[X, Y], [Y, X]])
    wrong = FormulaMatrix((("x", "y"), ("x", "x")), 2)
    labels = (["y1", "y2"], ["x1", "x2"])
    assert "row y2, column x1 of A" in finding(wrong, right, labels=labels).message
    assert "row 2, column 1 of A" in finding(wrong, right).message


def test_shapes_and_transposes_are_told() -> None:
    right = sp.Matrix([[X, 1, Y], [2, Y, X]])
    found = finding(FormulaMatrix((("x", "2"), ("1", "y"), ("y", "x")), 2), right)
    assert found.kind == "shape"
    assert "transpose" in found.hint
    assert finding([["x"], ["y"]], X).kind == "shape"


@pytest.mark.parametrize("got", [None, "x +", "z", "__import__('os')", {"a": 1}, object(), [[]]])
def test_what_is_no_formula_fails_as_a_type(got: object) -> None:
    assert finding(got, X).kind in {"type", "shape"}


def test_what_cannot_be_read_comes_with_how_to_write_it() -> None:
    for got in ("x^2", "2x", "z", 7j, {"a": 1}):
        assert "** for a power" in finding(got, X).hint


def test_a_formula_that_would_explode_is_told_quickly() -> None:
    started = time.monotonic()
    found = finding(FormulaMatrix((("x+1", "x*exp(exp(exp(50)))+1"),), 2), [[X, X]])
    assert found.kind == "value"
    assert time.monotonic() - started < 30
