"""eps is added inside the root and outside it.

loses: q3
hint: eps is added once only
"""


def bn_train(Z, gamma, beta, eps):
    mu = Z.mean(axis=1)
    var = Z.var(axis=1)
    z_hat = (Z - mu[:, None]) / (np.sqrt(var + eps) + eps)[:, None]
    return gamma[:, None] * z_hat + beta[:, None], mu, var
