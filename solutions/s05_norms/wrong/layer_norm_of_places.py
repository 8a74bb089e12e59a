"""Layer norm averages over the channels of each place, as in a transformer.

loses: q3
hint: not over the channels only
"""

def layer_norm(x, gamma, beta, eps):
    return per_channel(normalised(x, (1,), eps), gamma, beta)
