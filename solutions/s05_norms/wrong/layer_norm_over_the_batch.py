"""Layer norm takes one mean and one variance of everything.

loses: q3
hint: each example has statistics of its own
"""

def layer_norm(x, gamma, beta, eps):
    return per_channel(normalised(x, (0, 1, 2, 3), eps), gamma, beta)
