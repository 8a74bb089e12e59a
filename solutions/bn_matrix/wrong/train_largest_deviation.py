"""Rows are divided by their largest deviation.

loses: q3
hint: not by the largest deviation
"""


def bn_train(Z, gamma, beta, eps):
    mu = Z.mean(axis=1)
    var = Z.var(axis=1)
    c = Z - mu[:, None]
    spread = np.abs(c).max(axis=1, keepdims=True)
    z_hat = c / (spread + eps)
    return gamma[:, None] * z_hat + beta[:, None], mu, var
