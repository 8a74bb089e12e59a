"""Three small answers."""

import numpy as np  # noqa: F401


def means(x):
    """Return the mean of each column of `x`."""
    raise NotImplementedError("write means")


def normalise(x):
    """Return `x` with each row divided by its sum."""
    raise NotImplementedError("write normalise")


def count(width, channels):
    """Return the number of weights of `channels` square kernels."""
    raise NotImplementedError("write count")
