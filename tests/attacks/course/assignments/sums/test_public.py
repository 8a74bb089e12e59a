"""Public checks of `sums`: one small case each."""

from autograder.checks import expect, question


@question("q1")
def test_squares_of_small_numbers(student):
    """the sum of squares of 1, 2 and 3 is 14"""
    expect(student.square_sum([1.0, 2.0, 3.0]), "square_sum").close(14.0)


@question("q2")
def test_rows_of_a_small_matrix(student, rng):
    """each row of a 2 x 2 matrix adds up to one"""
    matrix = rng.uniform(1, 2, (2, 2))
    want = matrix / matrix.sum(axis=1, keepdims=True)
    expect(student.normalise(matrix), "normalise").close(want)


@question("q3")
def test_longest_of_three(student):
    """the longest of three words is found"""
    expect(student.longest(["a", "abcd", "ab"]), "longest").equals("abcd")


@question("q4")
def test_tally_of_two(student):
    """a tally adds 1 and 3 up to 4"""
    tally = student.Tally()
    tally.add(1)
    tally.add(3)
    expect(tally.total(), "the total").equals(4)
