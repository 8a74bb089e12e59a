"""Loops over the images in place of index arithmetic."""

def crop(images, places, margin=4):
    height, width = images.shape[-2:]
    out = torch.zeros_like(images)
    for n in range(len(images)):
        row, column = int(places[n][0]), int(places[n][1])
        padded = F.pad(images[n], (margin, margin, margin, margin))
        out[n] = padded[:, row : row + height, column : column + width]
    return out


def cutout(images, middles, size=16):
    mask = torch.ones_like(images)
    for n, (row, column) in enumerate(middles):
        top, left = int(row) - size // 2, int(column) - size // 2
        mask[n, :, max(top, 0) : max(top + size, 0), max(left, 0) : max(left + size, 0)] = 0
    return images * mask


def transform(images, training):
    if training:
        height, width = images.shape[-2:]
        rows = torch.randint(height, (len(images), 1))
        columns = torch.randint(width, (len(images), 1))
        images = cutout(images, torch.cat([rows, columns], dim=1))
        images = crop(images, torch.randint(9, (len(images), 2)))
    return images
