"""The variance is taken with 1/(m - 1).

loses: q3
hint: divide by m, not by m - 1
"""


def bn_train(Z, gamma, beta, eps):
    mu = Z.mean(axis=1)
    var = Z.var(axis=1, ddof=1)
    z_hat = (Z - mu[:, None]) / np.sqrt(var + eps)[:, None]
    return gamma[:, None] * z_hat + beta[:, None], mu, var
