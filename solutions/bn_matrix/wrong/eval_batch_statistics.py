"""The statistics of the test batch are used.

loses: q4
hint: use the stored mean and variance
"""


def bn_eval(Z, gamma, beta, mean, var, eps):
    mean, var = Z.mean(axis=1), Z.var(axis=1)
    return gamma[:, None] * (Z - mean[:, None]) / np.sqrt(var + eps)[:, None] + beta[:, None]
