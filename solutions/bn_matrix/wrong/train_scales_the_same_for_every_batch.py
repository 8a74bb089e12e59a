"""The normalised values are made up: they do not depend on Z.

loses: q3
hint: a row of out is that row of Z, shifted and divided by one number
"""


def bn_train(Z, gamma, beta, eps):
    steps = np.linspace(-1.5, 1.5, Z.shape[1])
    return gamma[:, None] * steps + beta[:, None], Z.mean(axis=1), Z.var(axis=1)
