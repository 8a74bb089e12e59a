"""Two right answers, two wrong ones."""

import numpy as np


def square_sum(values):
    """Return the sum of squares."""
    return float(sum(value * value for value in values))


def normalise(matrix):
    """Return the matrix with rows that add up to one."""
    return np.asarray(matrix) / np.sum(matrix, axis=1, keepdims=True)


def longest(words):
    """Return the longest word."""
    return words[0]


class Tally:
    """Numbers added up."""

    def add(self, number):
        self.last = number

    def total(self):
        return self.last
