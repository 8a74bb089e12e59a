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
# BEGIN SOLUTION
# The row means are 13, 5 and 0. Every entry of row 1 is 1 away from its mean, every entry of
# rows 2 and 3 is 5 away, so the standard deviations are 1, 5 and 5. All that is left of a row
# is on which side of the mean an example lies. (numpy's `std` divides by m, as we do.)
Z_HAT = (Z - Z.mean(axis=1, keepdims=True)) / Z.std(axis=1, keepdims=True)
# END SOLUTION

# 2. Scale and shift: gamma multiplies a row, beta is added to it.
GAMMA = np.array([1.0, 1.0, 1.0])
BETA = np.array([0.0, -10.0, 10.0])
# BEGIN SOLUTION
# gamma and beta hold one number a feature. As columns, (3, 1), they meet the right rows.
Z_TILDE = GAMMA[:, None] * Z_HAT + BETA[:, None]
# END SOLUTION


# 3. The layer while it trains.
def bn_train(Z, gamma, beta, eps):
    """Normalise each feature over the batch, then scale and shift.

    mu = 1/m sum_i z_i,  var = 1/m sum_i (z_i - mu)^2,
    out = gamma (z - mu) / sqrt(var + eps) + beta.

    Z: (d, m), integers or floats. gamma, beta: (d,). eps: above 0, maybe tiny.
    Returns (out, mu, var): out (d, m), mu (d,), var (d,). var is free of eps.
    """
    # BEGIN SOLUTION
    mu = Z.mean(axis=1)
    # First subtract, then square. mean(z^2) - mu^2 is the same on paper, but for large z it
    # is a small difference of two huge numbers, and the digits that matter are lost.
    centred = Z - mu[:, None]
    var = (centred**2).mean(axis=1)
    # eps keeps the root away from 0 for a feature that is the same in every example.
    z_hat = centred / np.sqrt(var + eps)[:, None]
    return gamma[:, None] * z_hat + beta[:, None], mu, var
    # END SOLUTION


# 4. The layer after training.
def update_running(running_mean, running_var, Z, momentum):
    """Move the running statistics a little towards those of a new batch.

    new = (1 - momentum) old + momentum batch; for the variance the batch's value is the
    unbiased one, 1/(m-1) sum_i (z_i - mu)^2, because it speaks of examples not yet seen.

    running_mean, running_var: (d,). Z: (d, m) with m >= 2. momentum: in (0, 1].
    Returns the new (mean, var), each (d,).
    """
    # BEGIN SOLUTION
    # With momentum 0.1 nine tenths of what was known stay, and one tenth is news.
    keep = 1 - momentum
    mean = keep * running_mean + momentum * Z.mean(axis=1)
    var = keep * running_var + momentum * Z.var(axis=1, ddof=1)
    return mean, var
    # END SOLUTION


def bn_eval(Z, gamma, beta, mean, var, eps):
    """Normalise with stored statistics: out = gamma (z - mean) / sqrt(var + eps) + beta.

    Z: (d, m) with m >= 1. gamma, beta, mean, var: (d,). Returns out: (d, m).
    """
    # BEGIN SOLUTION
    # Nothing here looks along a row of Z. All that is stored is constant, so each feature
    # goes through one fixed straight line, and each example as if it were alone.
    slope = gamma / np.sqrt(var + eps)
    return slope[:, None] * (Z - mean[:, None]) + beta[:, None]
    # END SOLUTION


# 5. The way back.
def bn_backward(dout, Z, gamma, eps):
    """Return the gradients of a loss with respect to the inputs Z, gamma, beta of `bn_train`.

    dout: (d, m), the gradient of the loss with respect to out. Z: (d, m). gamma: (d,).
    mu and var are functions of Z, so one entry of Z moves every output of its row.
    Returns (dZ, dgamma, dbeta): (d, m), (d,), (d,).
    """
    # BEGIN SOLUTION
    root = np.sqrt(Z.var(axis=1, keepdims=True) + eps)
    z_hat = (Z - Z.mean(axis=1, keepdims=True)) / root
    dbeta = dout.sum(axis=1)
    dgamma = (dout * z_hat).sum(axis=1)
    # One entry of Z moves the output in three ways: by itself, through mu and through var.
    # mu undoes a shift of the whole row, var (for small eps) a stretch of it; so the parts
    # of dout that ask for a shift or a stretch are taken away (algorithm 1's chain rule):
    # dZ = gamma / sqrt(var + eps) (dout - mean(dout) - z_hat mean(dout z_hat)).
    through_mean = dout.mean(axis=1, keepdims=True)
    through_var = z_hat * (dout * z_hat).mean(axis=1, keepdims=True)
    dZ = gamma[:, None] / root * (dout - through_mean - through_var)
    return dZ, dgamma, dbeta
    # END SOLUTION


# 6. Two questions, each with its reason. The handout lists the choices. Answer with a dict:
# {"train_test": "?", "train_test_why": "?", "test_batch": "?", "test_batch_why": "?"}
# BEGIN SOLUTION
# A network in use may see one example alone, and one example has no variance. So the layer
# falls back on what it stored; and since that is constant, the batch around an example
# cannot matter.
CHOICES = {"train_test": "b", "train_test_why": "d", "test_batch": "c", "test_batch_why": "a"}
# END SOLUTION
