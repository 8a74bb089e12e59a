"""The hidden checks of the small assignment."""

from autograder.checks import expect, question


@question("q1", weight=2)
def test_means_of_integers(student, reference, rng):
    """integers have means too"""
    x = rng.integers(0, 9, size=(5, 2))
    expect(student.means(x), "means").close(reference.means(x))


@question("q2")
def test_rows_keep_their_proportions(student, reference, rng):
    """the entries of a row keep their proportions"""
    x = rng.uniform(1, 2, size=(2, 3))
    expect(student.normalise(x), "normalise").close(reference.normalise(x))


@question("q3")
def test_every_channel_counts(student, reference):
    """every channel has a kernel of its own"""
    expect(student.count(5, 7), "count").close(
        reference.count(5, 7), mistakes={"multiply by the number of channels": 25}
    )
