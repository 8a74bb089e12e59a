"""gamma and beta are not turned into columns.

loses: q3
hint: apply them along the rows of examples
"""


def bn_train(Z, gamma, beta, eps):
    mu = Z.mean(axis=1)
    var = Z.var(axis=1)
    z_hat = (Z - mu[:, None]) / np.sqrt(var + eps)[:, None]
    return gamma * z_hat + beta, mu, var
