"""Rows are divided by their mean absolute deviation.

loses: q3
hint: not by the mean absolute deviation
"""


def bn_train(Z, gamma, beta, eps):
    mu = Z.mean(axis=1)
    var = Z.var(axis=1)
    c = Z - mu[:, None]
    spread = np.abs(c).mean(axis=1, keepdims=True)
    z_hat = c / (spread + eps)
    return gamma[:, None] * z_hat + beta[:, None], mu, var
