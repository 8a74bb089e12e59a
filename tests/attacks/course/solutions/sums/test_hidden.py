"""Hidden checks of `sums`: drawn cases, and a planted secret below (appended by the tests)."""

import numpy as np

from autograder.checks import expect, question


@question("q1")
def test_squares_of_drawn_numbers(student, rng):
    """the sum of squares of drawn numbers"""
    for size in (1, 7, 40):
        values = rng.normal(size=size)
        expect(student.square_sum(values.tolist()), "square_sum").close(float((values**2).sum()))


@question("q2")
def test_rows_of_drawn_matrices(student, rng):
    """rows of drawn matrices add up to one"""
    for shape in ((1, 5), (6, 3)):
        matrix = rng.uniform(0.5, 2, shape)
        want = np.stack([row / row.sum() for row in matrix])
        expect(student.normalise(matrix), "normalise").close(want)


@question("q3")
def test_longest_of_many(student, rng):
    """the longest of many words, wherever it stands"""
    words = ["w" * int(n) for n in rng.permutation(np.arange(2, 29))]
    words.insert(int(rng.integers(1, 27)), "w" * 29)  # neither first nor last: luck earns nothing
    expect(student.longest(words), "longest").equals("w" * 29)


@question("q4")
def test_tallies_do_not_share(student, rng):
    """two tallies do not share their totals"""
    numbers = [int(n) for n in rng.integers(2, 50, 5)]
    first, second = student.Tally(), student.Tally()
    for number in numbers:
        first.add(number)
    second.add(1)
    expect(first.total(), "the first total").equals(sum(numbers))
    expect(second.total(), "the second total").equals(1)
