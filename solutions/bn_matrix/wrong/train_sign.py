"""Only the sign of each deviation is kept.

loses: q3
hint: not only on which side
"""


def bn_train(Z, gamma, beta, eps):
    mu = Z.mean(axis=1)
    var = Z.var(axis=1)
    c = Z - mu[:, None]
    z_hat = np.sign(c)
    return gamma[:, None] * z_hat + beta[:, None], mu, var
