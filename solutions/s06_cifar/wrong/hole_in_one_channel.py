"""Only the red channel gets the hole.

loses: q7
hint: cut through all three
"""

_whole = cutout


def cutout(images, draw, size=16):
    return torch.cat([_whole(images, draw, size)[:, :1], images[:, 1:]], dim=1)
