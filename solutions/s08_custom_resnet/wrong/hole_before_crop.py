"""The hole is cut first, and the crop moves it.

loses: q4
hint: a hole made earlier is moved
"""

def _drawn(low, high, count, generator):
    return torch.randint(low, high, (count, 1), generator=generator)


def _crop(images, generator, mode="constant", alike=False):
    count = len(images)
    down, right = (_drawn(0, 9, 1 if alike else count, generator).expand(count, 1) for _ in "ab")
    rows, columns = down + torch.arange(32), right + torch.arange(32)
    image = torch.arange(count)[:, None, None]
    padded = F.pad(images, [4] * 4, mode=mode)
    return padded[image, :, rows[:, :, None], columns[:, None, :]].permute(0, 3, 1, 2)


def _flip(images, generator, alike=False, axis=3):
    turned = _drawn(0, 2, 1 if alike else len(images), generator)[:, :, None, None] == 1
    return torch.where(turned, images.flip(axis), images)


def _hole(images, generator, size=8, channels=3):
    tops, lefts = (_drawn(0, 32, len(images), generator) - size // 2 for _ in "ab")
    rows, columns = torch.arange(32) - tops, torch.arange(32) - lefts
    rows, columns = (rows >= 0) & (rows < size), (columns >= 0) & (columns < size)
    hole = (rows[:, :, None] & columns[:, None, :])[:, None].repeat(1, 3, 1, 1)
    hole[:, channels:] = False
    return images.masked_fill(hole, 0.0)


def augment(images, generator):
    return _flip(_crop(_hole(images, generator), generator), generator)
