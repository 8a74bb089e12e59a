"""The result is written into an array of the integer type of Z.

loses: q3
hint: make room for floats
"""


def bn_train(Z, gamma, beta, eps):
    mu, var = Z.mean(axis=1), Z.var(axis=1)
    out = np.zeros_like(Z)
    for k in range(len(Z)):
        out[k] = gamma[k] * (Z[k] - mu[k]) / np.sqrt(var[k] + eps) + beta[k]
    return out, mu, var
