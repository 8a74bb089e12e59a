"""Test images are cropped and cut as well.

loses: q3
hint: look at `training`
"""

_right_transform = transform


def transform(images, training):
    return _right_transform(images, True)
