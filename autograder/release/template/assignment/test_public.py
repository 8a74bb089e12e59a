"""Public checks: students have this file and may read it."""

import numpy as np

from autograder.checks import expect, question


@question("q1")
def test_worked_vector(student):
    """the shares of the scores 1, 2, 3 are 0.0900, 0.2447, 0.6652"""
    z = np.array([1, 2, 3])
    shares = [0.09003057317038046, 0.24472847105479764, 0.6652409557748218]
    expect(student.softmax(z), "softmax(z)").close(
        shares,
        mistakes={
            "divide by the sum, so that the shares add up to 1": np.exp(z - 3.0),
            "an array made like one of whole numbers keeps whole numbers only": [0, 0, 0],
        },
    )


@question("q2")
def test_worked_batch(student):
    """a batch of two rows costs the mean of their two losses"""
    logits = np.log([[1.0, 1.0, 2.0], [3.0, 4.0, 1.0]])
    losses = np.log([2.0, 8.0])
    loss = student.cross_entropy(logits, np.array([2, 2]))
    expect(loss, "cross_entropy(logits, labels)").close(
        losses.mean(),
        mistakes={
            "divide by the number of rows: the loss is a mean, not a sum": losses.sum(),
            "use the natural logarithm": losses.mean() / np.log(2),
        },
    )
