"""Wrong answers of the right types."""

import numpy as np


def square_sum(values):
    """Return the sum of squares."""
    return float(sum(values)) + 1.0


def normalise(matrix):
    """Return the matrix with rows that add up to one."""
    return np.asarray(matrix) / np.sum(matrix)


def longest(words):
    """Return the longest word."""
    return min(words, key=len)


class Tally:
    """Numbers added up."""

    def __init__(self):
        self.last = 0

    def add(self, number):
        self.last = number

    def total(self):
        return self.last + 7
