"""The centred rows are divided by their L2 norm.

loses: q3
hint: lacks the factor 1/m
"""


def bn_train(Z, gamma, beta, eps):
    mu = Z.mean(axis=1)
    var = Z.var(axis=1)
    c = Z - mu[:, None]
    z_hat = c / np.sqrt((c**2).sum(axis=1) + eps)[:, None]
    return gamma[:, None] * z_hat + beta[:, None], mu, var
