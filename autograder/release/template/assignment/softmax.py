"""Softmax and the cross-entropy of a batch, safe for large scores."""

import numpy as np


def softmax(z):
    """Return the shares of the scores `z`, shape (k,): positive, with sum 1."""
    raise NotImplementedError("write softmax")


def cross_entropy(logits, labels):
    """Return the mean of -log p_label over a batch.

    `logits` has shape (n, k), `labels` holds n whole numbers from 0 to k - 1.
    """
    raise NotImplementedError("write cross_entropy")
