"""gamma and beta are laid along whichever axis has their length.

loses: q3
hint: apply them along the rows of examples
"""


def bn_train(Z, gamma, beta, eps):
    mu, var = Z.mean(axis=1), Z.var(axis=1)
    z_hat = (Z - mu[:, None]) / np.sqrt(var + eps)[:, None]
    if len(gamma) == Z.shape[1]:
        return gamma * z_hat + beta, mu, var
    return gamma[:, None] * z_hat + beta[:, None], mu, var
