"""gamma is added and beta multiplies.

loses: q3
hint: yours are swapped
"""


def bn_train(Z, gamma, beta, eps):
    mu = Z.mean(axis=1)
    var = Z.var(axis=1)
    z_hat = (Z - mu[:, None]) / np.sqrt(var + eps)[:, None]
    return beta[:, None] * z_hat + gamma[:, None], mu, var
