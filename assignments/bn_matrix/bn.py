"""Batch normalisation by hand.

A batch is a table of numbers: one row a feature (a unit of the layer), one column an
example. Batch normalisation looks along each row, asks how large the numbers of this batch
usually are, and rewrites them so that every row has mean 0 and variance 1. Two learned
numbers a feature, gamma and beta, then choose the spread and the centre anew.

Letters: d features, m examples, Z of shape (d, m). Source of the formulas: Ioffe and
Szegedy, "Batch Normalization", 2015, algorithms 1 and 2.
"""

import numpy as np

# How your arrays lie. Say "examples_first" if all of them have one row an example, (m, d);
# the grader then sends, and expects, every batch that way round.
LAYOUT = "features_first"

# 1. A batch on paper: three features, four examples, eps = 0.
Z = np.array(
    [
        [12.0, 14.0, 14.0, 12.0],
        [0.0, 10.0, 10.0, 0.0],
        [-5.0, 5.0, 5.0, -5.0],
    ]
)
Z_HAT = None  # your answer

# 2. Scale and shift: gamma multiplies a row, beta is added to it.
GAMMA = np.array([1.0, 1.0, 1.0])
BETA = np.array([0.0, -10.0, 10.0])
Z_TILDE = None  # your answer


# 3. The layer while it trains.
def bn_train(Z, gamma, beta, eps):
    """Normalise each feature over the batch, then scale and shift.

    mu = 1/m sum_i z_i,  var = 1/m sum_i (z_i - mu)^2,
    out = gamma (z - mu) / sqrt(var + eps) + beta.

    Z: (d, m), integers or floats. gamma, beta: (d,). eps: above 0, maybe tiny.
    Returns (out, mu, var): out (d, m), mu (d,), var (d,). var is free of eps.
    """
    raise NotImplementedError("write bn_train")


# 4. The layer after training.
def update_running(running_mean, running_var, Z, momentum):
    """Move the running statistics a little towards those of a new batch.

    new = (1 - momentum) old + momentum batch; for the variance the batch's value is the
    unbiased one, 1/(m-1) sum_i (z_i - mu)^2, because it speaks of examples not yet seen.

    running_mean, running_var: (d,). Z: (d, m) with m >= 2. momentum: in (0, 1].
    Returns the new (mean, var), each (d,).
    """
    raise NotImplementedError("write update_running")


def bn_eval(Z, gamma, beta, mean, var, eps):
    """Normalise with stored statistics: out = gamma (z - mean) / sqrt(var + eps) + beta.

    Z: (d, m) with m >= 1. gamma, beta, mean, var: (d,). Returns out: (d, m).
    """
    raise NotImplementedError("write bn_eval")


# 5. The way back.
def bn_backward(dout, Z, gamma, eps):
    """Return the gradients of a loss with respect to the inputs Z, gamma, beta of `bn_train`.

    dout: (d, m), the gradient of the loss with respect to out. Z: (d, m). gamma: (d,).
    mu and var are functions of Z, so one entry of Z moves every output of its row.
    Returns (dZ, dgamma, dbeta): (d, m), (d,), (d,).
    """
    raise NotImplementedError("write bn_backward")


# 6. Two questions, each with its reason. The handout lists the choices. Answer with a dict:
# {"train_test": "?", "train_test_why": "?", "test_batch": "?", "test_batch_why": "?"}
CHOICES = None  # your answer
