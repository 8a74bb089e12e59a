"""What many course graders are: tests that import the hand-in and compare where it runs."""

import json

import numpy as np
import sums

ANSWERS = {"squares": 21.25, "longest": "elephant", "total": 42}


def test_squares():
    got = sums.square_sum([0.5, 2.0, 4.0, -1.0])
    assert np.isclose(got, ANSWERS["squares"])


def test_rows():
    matrix = np.arange(1.0, 7.0).reshape(2, 3)
    want = matrix / matrix.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(sums.normalise(matrix), want)


def test_longest():
    got = sums.longest(["ant", "dog", "elephant", "cat", "cow", "bee", "owl"])
    assert got == ANSWERS["longest"]


def test_tally():
    tally = sums.Tally()
    for number in (40, 2):
        tally.add(number)
    assert json.loads(json.dumps(tally.total())) == ANSWERS["total"]
