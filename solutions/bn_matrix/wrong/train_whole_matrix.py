"""One mean and one variance for the whole matrix.

loses: q3
hint: do not pool the whole matrix
"""


def bn_train(Z, gamma, beta, eps):
    mu = Z.mean()
    var = Z.var()
    z_hat = (Z - mu) / np.sqrt(var + eps)
    return gamma[:, None] * z_hat + beta[:, None], mu, var
