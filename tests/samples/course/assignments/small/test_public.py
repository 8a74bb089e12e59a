"""The public checks of the small assignment."""

import numpy as np

from autograder.checks import expect, question
from autograder.checks.properties import given, st


@question("q1")
def test_means_are_taken_over_the_rows(student, rng):
    """each mean is taken over the rows"""
    x = rng.normal(size=(4, 3))
    got = expect(student.means(x), "means").array(ndim=1)
    expect(got, "means").close(x.mean(0), mistakes={"take the mean over axis 0": x.mean(1)})


@question("q2")
@given(rows=st.integers(1, 4), columns=st.integers(1, 4))
def test_each_row_sums_to_one(student, rng, rows, columns):
    """each row sums to 1"""
    x = rng.uniform(1, 2, size=(rows, columns))
    out = expect(student.normalise(x), "normalise").array(shape=(rows, columns))
    expect(out.sum(1), "the sum of each row").close(np.ones(rows))


@question("q3")
def test_a_kernel_has_width_times_width_weights(student):
    """a kernel has width times width weights"""
    expect(student.count(3, 1), "count").close(9)
