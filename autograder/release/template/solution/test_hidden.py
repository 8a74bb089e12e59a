"""Hidden checks: they run on submission; a student sees their sentences and hints only."""

import numpy as np

from autograder.checks import expect, question


@question("q1")
def test_large_scores(student, reference, rng):
    """scores near 1000 give the same shares as scores near 0"""
    z = rng.normal(size=5)
    expect(student.softmax(z + 1000.0), "softmax(z)").close(reference.softmax(z), rtol=1e-7)


@question("q2")
def test_a_sure_row(student, reference, rng):
    """one very sure row has a finite loss, right or wrong"""
    sure = np.array([[800.0, 0.0, -800.0]]) + rng.normal(size=3)
    for label in (0, 2):
        labels = np.array([label])
        want = reference.cross_entropy(sure, labels)
        expect(student.cross_entropy(sure, labels), "cross_entropy").close(want)
