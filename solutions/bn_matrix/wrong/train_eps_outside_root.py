"""eps is added to the standard deviation.

loses: q3
hint: eps belongs inside the root
"""


def bn_train(Z, gamma, beta, eps):
    mu = Z.mean(axis=1)
    var = Z.var(axis=1)
    z_hat = (Z - mu[:, None]) / (np.sqrt(var) + eps)[:, None]
    return gamma[:, None] * z_hat + beta[:, None], mu, var
