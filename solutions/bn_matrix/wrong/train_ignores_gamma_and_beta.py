"""The normalised batch is returned as it is.

loses: q3
hint: gamma and beta are not used
"""


def bn_train(Z, gamma, beta, eps):
    mu = Z.mean(axis=1)
    var = Z.var(axis=1)
    z_hat = (Z - mu[:, None]) / np.sqrt(var + eps)[:, None]
    return z_hat, mu, var
