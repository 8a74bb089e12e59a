"""The stored statistics are not used: gamma and beta are applied to Z itself.

loses: q4
hint: use the stored mean and variance
"""


def bn_eval(Z, gamma, beta, mean, var, eps):
    return gamma[:, None] * Z + beta[:, None]
