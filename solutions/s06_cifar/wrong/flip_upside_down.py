"""Images are turned upside down.

loses: q7
hint: mirror left to right
"""

def flip(images, draw):
    turned = torch.rand(len(images), generator=draw) < 0.5
    return torch.where(turned[:, None, None, None], images.flip(2), images)
