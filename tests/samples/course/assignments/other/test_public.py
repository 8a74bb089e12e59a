"""The public check of the other assignment; its module has the same name."""

from autograder.checks import expect, question


@question("q1")
def test_means_are_taken_over_the_rows(student):
    """a greeting is said"""
    expect(student.greet(), "greet").equals("hello")
