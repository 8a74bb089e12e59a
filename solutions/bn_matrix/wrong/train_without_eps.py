"""eps is not used.

loses: q3
hint: eps is not used
"""


def bn_train(Z, gamma, beta, eps):
    mu = Z.mean(axis=1)
    var = Z.var(axis=1)
    z_hat = (Z - mu[:, None]) / np.sqrt(var)[:, None]
    return gamma[:, None] * z_hat + beta[:, None], mu, var
