"""The hole lies inside the image always.

loses: q7
hint: at the border the hole is cut
"""

def cutout(images, draw, size=16):
    count, _, height, width = images.shape
    top = torch.randint(0, height - size + 1, (count, 1), generator=draw)
    left = torch.randint(0, width - size + 1, (count, 1), generator=draw)
    rows = (torch.arange(height) >= top) & (torch.arange(height) < top + size)
    columns = (torch.arange(width) >= left) & (torch.arange(width) < left + size)
    return images.masked_fill((rows[:, :, None] & columns[:, None, :])[:, None], 0.0)
