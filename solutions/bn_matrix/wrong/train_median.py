"""The median is subtracted instead of the mean.

loses: q3
hint: not its median
"""


def bn_train(Z, gamma, beta, eps):
    mu = Z.mean(axis=1)
    var = Z.var(axis=1)
    c = Z - mu[:, None]
    z_hat = (Z - np.median(Z, axis=1, keepdims=True)) / np.sqrt(var + eps)[:, None]
    return gamma[:, None] * z_hat + beta[:, None], mu, var
