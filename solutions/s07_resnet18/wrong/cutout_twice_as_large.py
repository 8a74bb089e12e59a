"""The hole reaches `size` pixels to each side.

loses: q3
hint: not half of it
"""

_right_cutout = cutout


def cutout(images, middles, size=16):
    return _right_cutout(images, middles, 2 * size)
