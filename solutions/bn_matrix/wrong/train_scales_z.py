"""gamma and beta are applied to Z itself.

loses: q3
hint: a row of out is that row of Z, shifted and divided by one number
"""


def bn_train(Z, gamma, beta, eps):
    return gamma[:, None] * Z + beta[:, None], Z.mean(axis=1), Z.var(axis=1)
