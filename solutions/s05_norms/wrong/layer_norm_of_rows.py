"""Layer norm averages over the last axis only.

loses: q3
hint: not over the last axis only
"""

def layer_norm(x, gamma, beta, eps):
    return per_channel(normalised(x, (-1,), eps), gamma, beta)
