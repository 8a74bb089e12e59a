"""gamma and beta are left out in evaluation.

loses: q4
hint: gamma and beta work in evaluation
"""


def bn_eval(Z, gamma, beta, mean, var, eps):
    return (Z - mean[:, None]) / np.sqrt(var + eps)[:, None]
