"""A slice from a negative number is empty: no hole at two of the borders.

loses: q3
hint: max(top, 0)
"""

def cutout(images, middles, size=16):
    images = images.clone()
    for image, (row, column) in zip(images, (middles - size // 2).tolist(), strict=True):
        image[:, row : row + size, column : column + size] = 0
    return images
