"""The groups of all examples share their statistics.

loses: q3
hint: each example has statistics of its own
"""

def group_norm(x, groups, gamma, beta, eps):
    n, c, h, w = x.shape
    grouped = normalised(x.reshape(n, groups, c // groups, h, w), (0, 2, 3, 4), eps)
    return per_channel(grouped.reshape(n, c, h, w), gamma, beta)
