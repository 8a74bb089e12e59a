"""The middles are read as column, row.

loses: q3
hint: row first
"""

_right_cutout = cutout


def cutout(images, middles, size=16):
    return _right_cutout(images, middles.flip(1), size)
