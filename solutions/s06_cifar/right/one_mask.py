"""Cutout by distances from the middle; flip by indexing."""

def flip(images, draw):
    out = images.clone()
    chosen = torch.rand(len(images), generator=draw) < 0.5
    out[chosen] = out[chosen].flip(3)
    return out


def cutout(images, draw, size=16):
    n, _, height, width = images.shape
    middle_y = torch.randint(height, (n, 1, 1), generator=draw)
    middle_x = torch.randint(width, (n, 1, 1), generator=draw)
    y = torch.arange(height)[None, :, None] - middle_y + size // 2
    x = torch.arange(width)[None, None, :] - middle_x + size // 2
    hole = (y >= 0) & (y < size) & (x >= 0) & (x < size)
    return images * ~hole[:, None]
