"""Every kind that is neither bn nor ln gives group norm.

loses: q4
hint: a typing slip
"""

def make_norm(kind, channels, groups):
    if kind == "bn":
        return nn.BatchNorm2d(channels)
    return nn.GroupNorm(1 if kind == "ln" else groups, channels)
