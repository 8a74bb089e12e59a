"""The hole is cut into the first channel only.

loses: q3
hint: through all channels
"""

_right_cutout = cutout


def cutout(images, middles, size=16):
    images = images.clone()
    images[:, :1] = _right_cutout(images[:, :1], middles, size)
    return images
