"""Rows are divided by half their range.

loses: q3
hint: divide by the standard deviation
"""


def bn_train(Z, gamma, beta, eps):
    mu = Z.mean(axis=1)
    var = Z.var(axis=1)
    c = Z - mu[:, None]
    spread = np.ptp(Z, axis=1)[:, None] / 2
    z_hat = c / (spread + eps)
    return gamma[:, None] * z_hat + beta[:, None], mu, var
