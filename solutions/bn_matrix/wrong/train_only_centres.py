"""The rows are centred only.

loses: q3
hint: divide by the standard deviation of each feature
"""


def bn_train(Z, gamma, beta, eps):
    mu = Z.mean(axis=1)
    var = Z.var(axis=1)
    c = Z - mu[:, None]
    z_hat = c
    return gamma[:, None] * z_hat + beta[:, None], mu, var
