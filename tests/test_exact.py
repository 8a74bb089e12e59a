"""One exact number, however it is written; anything else refused with a reason."""

from __future__ import annotations

import time
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from autograder.checks.exact import ExactError, exact
from autograder.wall.wire import Formula

QUICK = settings(deadline=None, max_examples=200, derandomize=True)


@pytest.mark.parametrize(
    ("value", "want"),
    [
        (7, 7),
        (-3.0, -3),
        (0.5, Fraction(1, 2)),
        (0.1, Fraction(0.1)),
        (Fraction(2, 3), Fraction(2, 3)),
        (np.int64(4), 4),
        (np.uint8(200), 200),
        (np.float32(0.5), Fraction(1, 2)),
        (np.array(3), 3),
        (np.array(Fraction(1, 3), dtype=object), Fraction(1, 3)),
        (Formula("3*4 + 1/2"), Fraction(25, 2)),
        (" 1474560\n", 1_474_560),
        ("1,474,560", 1_474_560),
        ("1_474_560", 1_474_560),
        ("1,234.5", Fraction(2469, 2)),
        ("2,000*3,000", 6_000_000),
        ("0.1", Fraction(1, 10)),
        (".5", Fraction(1, 2)),
        ("1.5e6", 1_500_000),
        ("25e-2", Fraction(1, 4)),
        ("3/4", Fraction(3, 4)),
        ("3*3*128*256 + 3*3*256*512", 1_474_560),
        ("3×3·2 − 1", 17),
        ("-3**2", -9),
        ("(-3)**2", 9),
        ("2**-2", Fraction(1, 4)),
        ("2**3**2", 512),
        ("10 - 2 - 3", 5),
        ("100/5/2", 10),
        ("0%", 0),
        ("25 %", 25),
        ("-75%", -75),
        ("+5", 5),
        ("+".join(["1"] * 900), 900),
    ],
)
def test_a_number_is_read_exactly(value, want):
    got = exact(value)
    assert type(got) is Fraction
    assert got == want


@pytest.mark.parametrize(
    ("value", "why"),
    [
        (None, "NoneType"),
        (True, "truth value"),
        (np.bool_(True), "truth value"),
        (float("nan"), "nan"),
        (float("-inf"), "inf"),
        (np.float64("inf"), "inf"),
        (1 + 0j, "complex"),
        (b"1", "bytes"),
        ([1], "list"),
        (np.array([1]), r"shape \(1,\)"),
        (np.zeros((2, 2)), r"shape \(2, 2\)"),
        ("", "no number"),
        ("%", "no number"),
        ("nan", "a name is not a number"),
        ("inf", "a name is not a number"),
        ("x + 1", "a name is not a number"),
        ("True", "write a number"),
        ("1,2", "thousands"),
        ("12,34", "thousands"),
        ("1,474,56", "thousands"),
        ("0,5", "thousands"),
        ("1.474.560", "cannot be read"),
        ("1 474 560", "cannot be read"),
        ("007", "cannot be read"),
        ("5%%", "cannot hold '%'"),
        ("25% + 1", "cannot hold '%'"),
        ("1.4M", "cannot be read"),
        ("~5", "cannot hold"),
        ("1j", "write a number"),
        ("0x10", "write a number"),
        ("3^2", r"write \*\* for a power"),
        ("7//2", "only"),
        ("7%2", "cannot hold"),
        ("f(1)", "only"),
        ("().__class__", "only"),
        ("'1'", "cannot hold"),
        ("1\0", "cannot hold"),
        ("١٢", "cannot hold"),
        ("1/0", "divides by zero"),
        ("0**-1", "divides by zero"),
        ("1/(2-2)", "divides by zero"),
        ("2**0.5", "whole number"),
        ("9**9**9", "whole number"),
        ("(9**999)**999", "too large"),
        ("*".join(["9**900"] * 100), "too large"),
        ("9" * 401, "digits"),
        ("1e999999999", "digits"),
        ("1e-401", "digits"),
        ("1+" * 1_500 + "1", "characters"),
        ("(" * 1_900, "cannot be read"),
        ("-" * 1_900 + "1", "nested|cannot be read"),
        (Formula("sqrt(4)"), "only"),
    ],
)
def test_what_is_no_number_is_refused_at_once(value, why):
    began = time.perf_counter()
    with pytest.raises(ExactError, match=why) as caught:
        exact(value)
    assert len(str(caught.value)) < 250
    assert time.perf_counter() - began < 10


@QUICK
@given(st.integers(-(10**60), 10**60))
def test_a_whole_number_reads_the_same_in_every_spelling(number):
    spellings = [number, str(number), f"{number:,}", f"{number:_}", f" {number} % ", f"{number}/1"]
    assert {exact(spelling) for spelling in spellings} == {Fraction(number)}


@QUICK
@given(st.fractions())
def test_a_fraction_comes_back(fraction):
    assert exact(fraction) == exact(str(fraction)) == fraction


@QUICK
@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_float_means_its_binary_value_and_its_text_the_decimal(value):
    assert exact(value) == exact(np.float64(value)) == Fraction(value)
    assert float(exact(repr(value))) == value
    assert exact(repr(value)) == Fraction(repr(value))


def _joined(inner):
    return st.tuples(inner, st.sampled_from("+-*/"), inner).map("({0[0]} {0[1]} {0[2]})".format)


arithmetic = st.recursive(st.integers(0, 99).map(str), _joined, max_leaves=12)


@QUICK
@given(arithmetic)
def test_arithmetic_follows_python(text):
    fractions = "".join(f"Fraction({w})" if w.isdigit() else w for w in _words(text))
    try:
        want = eval(fractions, {"Fraction": Fraction})
    except ZeroDivisionError:
        with pytest.raises(ExactError, match="divides by zero"):
            exact(text)
    else:
        assert exact(text) == want


def _words(text):
    return text.replace("(", "( ").replace(")", " )").split(" ")


@QUICK
@given(st.one_of(st.text(max_size=40), st.text(alphabet="0123456789.,+-*/()e%_ ", max_size=40)))
def test_any_text_is_read_or_refused(text):
    try:
        number = exact(text)
    except ExactError as refused:
        assert str(refused)
    else:
        assert type(number) is Fraction


@QUICK
@given(st.integers(1_000, 10**9), st.integers(0, 12))
def test_a_comma_in_the_wrong_place_is_never_dropped(number, place):
    text = str(number)
    assume(0 < place < len(text))
    moved = f"{text[:place]},{text[place:]}"
    if moved == f"{number:,}":
        assert exact(moved) == number
    else:
        with pytest.raises(ExactError, match=r"thousands|cannot be read"):
            exact(moved)
