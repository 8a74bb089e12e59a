"""The hole is half as large, unless its size is given.

loses: q3
hint: the size is 16
"""

_right_cutout = cutout


def cutout(images, middles, size=8):
    return _right_cutout(images, middles, size)


def transform(images, training):
    if not training:
        return images
    moved = crop(images, torch.randint(0, 9, (len(images), 2)))
    return cutout(moved, torch.randint(0, 32, (len(images), 2)), 16)
