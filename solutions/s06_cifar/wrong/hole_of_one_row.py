"""A hole of 1 x 16: a slip that many copies of this exercise have.

loses: q7
hint: use size for both sides
"""

def cutout(images, draw, size=16):
    count, _, height, width = images.shape
    top = torch.randint(0, height, (count, 1), generator=draw)
    left = torch.randint(0, width, (count, 1), generator=draw) - size // 2
    rows = torch.arange(height) == top
    columns = (torch.arange(width) >= left) & (torch.arange(width) < left + size)
    return images.masked_fill((rows[:, :, None] & columns[:, None, :])[:, None], 0.0)
