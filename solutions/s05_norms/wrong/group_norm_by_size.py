"""`groups` is taken as the number of channels in a group.

loses: q3
hint: `groups` says how many groups there are
"""

def group_norm(x, groups, gamma, beta, eps):
    n, c, h, w = x.shape
    grouped = normalised(x.reshape(n, c // groups, groups, h, w), (2, 3, 4), eps)
    return per_channel(grouped.reshape(n, c, h, w), gamma, beta)
