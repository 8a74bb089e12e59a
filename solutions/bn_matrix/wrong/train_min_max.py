"""Rows are mapped to the interval from -1 to 1.

loses: q3
hint: need not reach from -1 to 1
"""


def bn_train(Z, gamma, beta, eps):
    mu = Z.mean(axis=1)
    var = Z.var(axis=1)
    c = Z - mu[:, None]
    low, high = Z.min(axis=1, keepdims=True), Z.max(axis=1, keepdims=True)
    z_hat = 2 * (Z - low) / (high - low + eps) - 1
    return gamma[:, None] * z_hat + beta[:, None], mu, var
