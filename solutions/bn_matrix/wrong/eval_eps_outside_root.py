"""eps is added to the stored deviation.

loses: q4
hint: eps belongs inside the root
"""


def bn_eval(Z, gamma, beta, mean, var, eps):
    return gamma[:, None] * (Z - mean[:, None]) / (np.sqrt(var) + eps)[:, None] + beta[:, None]
