"""The third value is the standard deviation.

loses: q3
hint: the variance, not its root
"""


def bn_train(Z, gamma, beta, eps):
    mu = Z.mean(axis=1)
    var = Z.var(axis=1)
    z_hat = (Z - mu[:, None]) / np.sqrt(var + eps)[:, None]
    return gamma[:, None] * z_hat + beta[:, None], mu, np.sqrt(var)
