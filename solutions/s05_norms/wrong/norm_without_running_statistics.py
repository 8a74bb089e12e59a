"""Batch norm looks at its batch in evaluation mode, too.

loses: q4
hint: use nn.BatchNorm2d
"""

_make = make_norm


def make_norm(kind, channels, groups):
    if kind == "bn":
        return nn.BatchNorm2d(channels, track_running_stats=False)
    return _make(kind, channels, groups)
