"""Everything is computed in single precision.

loses: q3
hint: compute in float64
"""


def bn_train(Z, gamma, beta, eps):
    Z = Z.astype(np.float32)
    mu = Z.mean(axis=1)
    var = Z.var(axis=1)
    z_hat = (Z - mu[:, None]) / np.sqrt(var + eps)[:, None]
    return gamma[:, None] * z_hat + beta[:, None], mu, var
