"""nn.LayerNorm is given the channels, and looks at the last axis.

loses: q4
hint: use nn.GroupNorm
"""

def make_norm(kind, channels, groups):
    kinds = {"bn": nn.BatchNorm2d(channels), "gn": nn.GroupNorm(groups, channels)}
    return {**kinds, "ln": nn.LayerNorm(channels)}[kind]
