"""The division is by the variance.

loses: q3
hint: not by the variance
"""


def bn_train(Z, gamma, beta, eps):
    mu = Z.mean(axis=1)
    var = Z.var(axis=1)
    c = Z - mu[:, None]
    z_hat = c / (var + eps)[:, None]
    return gamma[:, None] * z_hat + beta[:, None], mu, var
