"""A question's points, shared over its checks: to the hundredth, the shares add up."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.report import CheckResult, Outcome, QuestionResult
from autograder.show.shares import shares, split

steady = settings(max_examples=400, deadline=None, derandomize=True, database=None)
checks = st.builds(
    CheckResult,
    st.just("test_a"),
    st.just("a sentence"),
    st.sampled_from(Outcome),
    weight=st.sampled_from((0.5, 1.0, 1.0, 1.5, 2.0, 3.0, 7.0)),
    hidden=st.booleans(),
    share=st.sampled_from((0.0, 0.0, 0.0, 0.25, 0.333)),
)
questions = st.builds(
    QuestionResult,
    st.just("q1"),
    st.just("a title"),
    st.integers(1, 4000).map(lambda cents: cents / 100),
    st.lists(checks, min_size=1, max_size=7).map(tuple),
)


def cents(points: float) -> int:
    """Return points as hundredths; fails for what is no whole number of them."""
    assert abs(points * 100 - round(points * 100)) < 1e-6
    return round(points * 100)


@steady
@given(questions)
def test_the_shares_add_up_to_the_points(question: QuestionResult) -> None:
    parts = shares(question)
    assert sum(cents(worth) for _, worth in parts) == cents(question.possible)
    assert sum(cents(score) for score, _ in parts) == cents(question.earned)
    for check, (score, worth) in zip(question.checks, parts, strict=True):
        assert 0 <= score <= worth
        if check.part in (0, 1):
            assert score == worth * check.part


@steady
@given(st.integers(0, 9999), st.lists(st.sampled_from((0.0, 0.5, 1.0, 1.0, 3.0)), max_size=9))
def test_a_part_is_its_share_rounded_up_or_down(total: int, weights: list[float]) -> None:
    parts = split(total, weights)
    assert sum(parts) == (total if sum(weights) else 0)
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part - total * weight / (sum(weights) or 1)) < 1


@pytest.mark.parametrize(
    ("total", "weights", "parts"),
    [
        (1000, [1, 1, 1], [334, 333, 333]),
        (2, [1, 1, 1], [1, 1, 0]),
        (100, [1, 2, 4], [14, 29, 57]),
        (5, [0, 1], [0, 5]),
        (5, [], []),
    ],
)
def test_what_was_cut_most_is_rounded_up(
    total: int, weights: list[float], parts: list[int]
) -> None:
    assert split(total, weights) == parts
