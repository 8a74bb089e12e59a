"""The division is by the stored variance.

loses: q4
hint: divide by the root of var
"""


def bn_eval(Z, gamma, beta, mean, var, eps):
    return gamma[:, None] * (Z - mean[:, None]) / (var + eps)[:, None] + beta[:, None]
