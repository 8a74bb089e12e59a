"""The stored variance is used, but the mean of the test batch.

loses: q4
hint: use the stored mean and variance
"""


def bn_eval(Z, gamma, beta, mean, var, eps):
    mean = Z.mean(axis=1)
    return gamma[:, None] * (Z - mean[:, None]) / np.sqrt(var + eps)[:, None] + beta[:, None]
