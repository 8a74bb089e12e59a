"""eps is added to the variance that is returned.

loses: q3
hint: eps belongs to the division only
"""


def bn_train(Z, gamma, beta, eps):
    mu = Z.mean(axis=1)
    var = Z.var(axis=1) + eps
    z_hat = (Z - mu[:, None]) / np.sqrt(var)[:, None]
    return gamma[:, None] * z_hat + beta[:, None], mu, var
