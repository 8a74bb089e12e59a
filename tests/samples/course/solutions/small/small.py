"""Three small answers."""

import numpy as np


def means(x):
    """Return the mean of each column of `x`."""
    # BEGIN SOLUTION
    return np.mean(x, axis=0)
    # END SOLUTION


def normalise(x):
    """Return `x` with each row divided by its sum."""
    # BEGIN SOLUTION
    return x / np.sum(x, axis=1, keepdims=True)
    # END SOLUTION


def count(width, channels):
    """Return the number of weights of `channels` square kernels."""
    # BEGIN SOLUTION
    return width * width * channels
    # END SOLUTION
