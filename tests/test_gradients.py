"""Gradients: right ones pass, wrong ones fail with the hint, and junk fails rather than crashes."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.checks.failure import CannotJudge, CheckFailed
from autograder.checks.gradients import central_difference, check_adjoint, check_gradient

QUICK = settings(deadline=None, max_examples=60, derandomize=True)


def net(rng, inputs, hidden, outputs, relu=False):
    """A two-layer net as (f, gradient of sum(cotangent * f) to x)."""
    first, second = rng.normal(size=(hidden, inputs)), rng.normal(size=(outputs, hidden))

    def f(x):
        h = first @ x
        return second @ (np.maximum(h, 0) if relu else np.tanh(h))

    def gradient(x, cotangent):
        h = first @ x
        slope = (h > 0) if relu else 1 - np.tanh(h) ** 2
        return first.T @ ((second.T @ cotangent) * slope)

    return f, gradient


def case(seed=0, relu=False, inputs=4, columns=3):
    rng = np.random.default_rng(seed)
    f, gradient = net(rng, inputs, 5, 2, relu)
    x, cotangent = rng.normal(size=(inputs, columns)), rng.normal(size=(2, columns))
    return f, x, gradient(x, cotangent), cotangent


def check(f, x, got, cotangent, **options):
    check_gradient(f, x, got, np.random.default_rng(1), cotangent=cotangent, **options)


def failure(*args, **options):
    with pytest.raises(CheckFailed) as caught:
        check(*args, **options)
    return caught.value.finding


def test_a_central_difference_is_the_slope():
    x = np.array([[0.5, -2.0], [100.0, 0.0]])
    got = central_difference(lambda v: v**3, x, np.array([[1, 2], [3, 4]]))
    assert got.shape == x.shape
    np.testing.assert_allclose(got, 3 * x**2 * [[1, 2], [3, 4]], rtol=1e-7, atol=1e-6)
    assert central_difference(lambda v: v**2, 3.0, 1.0) == pytest.approx(6)
    assert central_difference(lambda v: v.sum(), np.zeros((0, 2)), 1.0).shape == (0, 2)


def test_the_function_may_write_into_its_argument():
    def careless(x):
        x **= 2
        return x

    x = np.full(3, 3.0)
    np.testing.assert_allclose(central_difference(careless, x, np.ones(3)), 6, rtol=1e-8)
    np.testing.assert_array_equal(x, 3)


def test_the_step_grows_with_the_entry():
    got = central_difference(lambda v: v**2, np.array([1e6]), np.ones(1))
    np.testing.assert_allclose(got, 2e6, rtol=1e-8)


@QUICK
@given(st.integers(0, 10**6), st.booleans(), st.integers(1, 6), st.integers(1, 4))
def test_the_gradient_of_a_random_net_passes(seed, relu, inputs, columns):
    f, x, _, cotangent = case(seed, relu, inputs, columns)
    x = np.where(np.abs(x) < 0.01, 0.5, x)
    _, gradient = net(np.random.default_rng(seed), inputs, 5, 2, relu)
    check(f, x, gradient(x, cotangent), cotangent, smooth=not relu)


@QUICK
@given(st.integers(0, 10**6), st.sampled_from([1e-3, -1e-3, 0.1, 2.0]), st.integers(0, 11))
def test_one_wrong_entry_fails(seed, change, place):
    f, x, right, cotangent = case(seed)
    wrong = right.copy()
    wrong.flat[place] += change * max(1e-3, abs(wrong.flat[place]))
    finding = failure(f, x, wrong, cotangent)
    assert finding.kind == "value"
    row, column = divmod(place, 3)
    assert f"[{row}, {column}]" in finding.message


def test_the_first_mistake_that_the_answer_makes_is_the_hint():
    f, x, right, cotangent = case()
    mistakes = {
        "another one": right + 1,
        "the right one": right,
        "drop the mean": right - right.mean(axis=0),
        "the same again": right - right.mean(axis=0),
        "another shape": right.T,
    }
    finding = failure(f, x, right - right.mean(axis=0), cotangent, mistakes=mistakes)
    assert finding.hint == "drop the mean"
    assert finding.got and finding.want


@pytest.mark.parametrize(
    ("wrong", "hint"),
    [
        (lambda g: -g, "sign"),
        (lambda g: g / 2, "off by the same factor"),
        (lambda g: g + 0.5, "off by the same amount"),
        (lambda g: g.astype(np.float32).astype(np.float64) * (1 + 2.0**-12), ""),
    ],
)
def test_a_standing_diagnosis_is_the_hint_where_no_mistake_is_named(wrong, hint):
    f, x, right, cotangent = case()
    assert hint in failure(f, x, wrong(right), cotangent).hint


def test_float32_has_its_own_tolerance():
    f, x, right, cotangent = case()
    noisy = right * (1 + np.linspace(-1, 1, right.size).reshape(right.shape) * 3e-4)
    check(f, x, noisy.astype(np.float32), cotangent)
    finding = failure(f, x, noisy.astype(np.float32).astype(np.float64), cotangent)
    assert finding.hint.startswith("computed in float32")
    assert not failure(f, x, noisy, cotangent).hint.startswith("computed in float32")
    failure(f, x, (right * 1.01).astype(np.float32), cotangent)


def test_a_gradient_of_zero_is_not_drowned_by_rounding():
    rng = np.random.default_rng(3)
    x, ones = rng.normal(size=(3, 4)) * 100, np.ones((3, 4))

    def normalised(z):
        return (z - z.mean(axis=1, keepdims=True)) / z.std(axis=1, keepdims=True)

    check(normalised, x, np.zeros((3, 4)), ones)
    failure(normalised, x, np.full((3, 4), 1e-4), ones)


def test_entries_at_a_kink_are_left_out_and_the_others_count():
    x = np.array([1.0, -2.0, 3.0, 1e-4, 5.0, 2.0])

    def f(v):
        return np.abs(v) + np.maximum(v - 2, 0)

    right = np.sign(x) + (x > 2)
    at_kinks = right.copy()
    at_kinks[[3, 5]] = 77
    check(f, x, at_kinks, np.ones(6), smooth=False)
    at_kinks[4] = 3
    assert "[4]" in failure(f, x, at_kinks, np.ones(6), smooth=False).message


def test_kinks_everywhere_are_not_the_students_fault():
    x = np.full(4, 1e-5)
    with pytest.raises(ValueError, match="near zero"):
        check(np.abs, x, np.ones(4), np.ones(4), smooth=False)
    with pytest.raises(CannotJudge, match="kinks"):
        check(lambda v: np.abs(v - 1), np.ones(4), np.ones(4), np.ones(4), smooth=False)


def test_of_a_large_input_some_entries_are_drawn():
    calls = []

    def f(v):
        calls.append(1)
        return v**2

    x = np.random.default_rng(0).normal(size=2_000)
    check(f, x, 2 * x, np.ones(2_000))
    assert len(calls) < 1_000
    failure(f, x, 2.001 * x, np.ones(2_000))


JUNK = [None, "a", {}, [], [[1, 2], [3]], np.zeros(3), np.full((4, 3), np.nan), 10**400, object()]
JUNK += [np.full((4, 3), np.inf), np.zeros((4, 3), dtype=complex), [["1", "x"]], np.zeros((3, 4))]


@pytest.mark.parametrize("junk", JUNK, ids=str)
def test_junk_fails_the_check(junk):
    f, x, right, cotangent = case()
    assert failure(f, x, junk, cotangent).kind in {"type", "shape", "finite", "dtype"}
    assert failure(lambda v: junk, x, right, cotangent).kind in {"type", "shape", "finite", "dtype"}
    with pytest.raises(CheckFailed):
        check_adjoint(lambda v: junk, lambda v: v, (2,), (2,), np.random.default_rng(0))
    with pytest.raises(CheckFailed):
        check_adjoint(lambda v: v, lambda v: junk, (2,), (2,), np.random.default_rng(0))


def test_an_answer_of_lists_and_fractions_is_read():
    x = np.array([1.0, 2.0])
    check(lambda v: v**2 / 4, x, [Fraction(1, 2), 1], np.ones(2))


@QUICK
@given(st.integers(0, 10**6), st.integers(1, 5), st.integers(1, 5))
def test_the_transpose_is_the_adjoint_and_nothing_else_is(seed, rows, columns):
    rng = np.random.default_rng(seed)
    A = rng.integers(-4, 5, (rows, columns))
    check_adjoint(lambda v: A @ v, lambda v: A.T @ v, (columns,), (rows,), rng)
    wrong = A.T.copy()
    wrong[0, 0] += 1
    with pytest.raises(CheckFailed) as caught:
        for _ in range(20):
            check_adjoint(lambda v: A @ v, lambda v: wrong @ v, (columns,), (rows,), rng, "flip it")
    finding = caught.value.finding
    assert finding.hint == "flip it"
    assert finding.got != finding.want


def test_the_adjoint_of_a_convolution_flips_the_kernel():
    kernel = np.array([1.0, 2.0, -3.0])
    rng = np.random.default_rng(0)

    def correlate(v):
        return np.correlate(v, kernel, mode="valid")

    check_adjoint(correlate, lambda v: np.convolve(v, kernel), (6,), (4,), rng)
    with pytest.raises(CheckFailed):
        check_adjoint(correlate, lambda v: np.correlate(v, kernel, "full"), (6,), (4,), rng)
    with pytest.raises(CheckFailed, match="shape"):
        check_adjoint(correlate, lambda v: np.convolve(v, kernel, "same"), (6,), (4,), rng)
