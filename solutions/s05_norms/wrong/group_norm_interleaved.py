"""The reshape puts every second channel into a group.

loses: q3
hint: reshape to (N, groups, C // groups, H, W)
"""

def group_norm(x, groups, gamma, beta, eps):
    n, c, h, w = x.shape
    grouped = normalised(x.reshape(n, c // groups, groups, h, w), (1, 3, 4), eps)
    return per_channel(grouped.reshape(n, c, h, w), gamma, beta)
