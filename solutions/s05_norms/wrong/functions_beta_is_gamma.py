"""gamma is added where beta belongs.

loses: q3
hint: beta, which is 0 here, is added
"""


def per_channel(z, gamma, beta):
    return z * gamma.reshape(1, -1, 1, 1) + gamma.reshape(1, -1, 1, 1)
