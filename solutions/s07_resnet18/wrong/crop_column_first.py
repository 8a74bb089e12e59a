"""The places are read as column, row.

loses: q3
hint: row first
"""

_right_crop = crop


def crop(images, places, margin=4):
    return _right_crop(images, places.flip(1), margin)
