"""As many groups as channels make instance norm, not layer norm.

loses: q4
hint: layer norm takes all channels of an example together
"""

_make = make_norm


def make_norm(kind, channels, groups):
    return nn.GroupNorm(channels, channels) if kind == "ln" else _make(kind, channels, groups)
