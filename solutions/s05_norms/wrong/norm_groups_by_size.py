"""`groups` is taken as the number of channels in a group.

loses: q4
hint: `groups` says how many groups there are
"""

_make = make_norm


def make_norm(kind, channels, groups):
    return _make(kind, channels, channels // groups)
