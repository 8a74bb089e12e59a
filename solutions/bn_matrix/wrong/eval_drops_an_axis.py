"""The output of a single example loses its second axis.

loses: q4
hint: keep both axes
"""


def bn_eval(Z, gamma, beta, mean, var, eps):
    out = gamma[:, None] * (Z - mean[:, None]) / np.sqrt(var + eps)[:, None] + beta[:, None]
    return out.squeeze()
