"""The norms learn nothing.

loses: q4
hint: gamma and beta are missing
"""

def make_norm(kind, channels, groups):
    if kind not in ("bn", "ln", "gn"):
        raise ValueError(kind)
    if kind == "bn":
        return nn.BatchNorm2d(channels, affine=False)
    return nn.GroupNorm(groups if kind == "gn" else 1, channels, affine=False)
