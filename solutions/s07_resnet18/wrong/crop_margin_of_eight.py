"""The margin is 8, the sum of both sides, unless it is given.

loses: q3
hint: the margin is 4
"""

_right_crop = crop


def crop(images, places, margin=8):
    return _right_crop(images, places, margin)


def transform(images, training):
    if not training:
        return images
    moved = crop(images, torch.randint(0, 9, (len(images), 2)), 4)
    return cutout(moved, torch.randint(0, 32, (len(images), 2)))
