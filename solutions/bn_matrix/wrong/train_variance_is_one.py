"""The variance returned is that of the normalised rows.

loses: q3
hint: var is larger for a feature that is more spread out
"""


def bn_train(Z, gamma, beta, eps):
    mu = Z.mean(axis=1)
    z_hat = (Z - mu[:, None]) / np.sqrt(Z.var(axis=1) + eps)[:, None]
    return gamma[:, None] * z_hat + beta[:, None], mu, np.ones(len(Z))
