"""Channels and rows are taken for rows and columns.

loses: q3
hint: are the last two axes
"""

def cutout(images, middles, size=16):
    images = images.clone()
    for image, (row, column) in zip(images, (middles - size // 2).tolist(), strict=True):
        image[max(row, 0) : row + size, max(column, 0) : column + size] = 0
    return images
