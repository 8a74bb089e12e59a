"""The public check of `net`: its size."""

from autograder.checks import expect, question
from autograder.checks.graph import graph


@question("q1")
def test_budget(student):
    """Net() holds at most 100 numbers"""
    total = graph(student.Net(), (3, 2, 2)).parameters.total
    expect(total, "the size of Net()").that(total <= 100, f"Net() holds {total} numbers")
