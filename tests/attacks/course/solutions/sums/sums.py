"""The solution of `sums`."""

import numpy as np

__all__ = ["Tally", "longest", "normalise", "square_sum"]


def square_sum(values):
    """Return the sum of squares."""
    return float(sum(value * value for value in values))


def normalise(matrix):
    """Return the matrix with rows that add up to one."""
    return np.asarray(matrix) / np.sum(matrix, axis=1, keepdims=True)


def longest(words):
    """Return the longest word."""
    return max(words, key=len)


class Tally:
    """Numbers added up."""

    def __init__(self):
        self.sum = 0

    def add(self, number):
        self.sum += number

    def total(self):
        return self.sum
