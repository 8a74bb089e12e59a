"""Batch norm averages over the examples only, as for vectors.

loses: q3
hint: average over rows and columns too
"""

def batch_norm(x, gamma, beta, eps):
    return per_channel(normalised(x, (0,), eps), gamma, beta)
