"""The whole batch is cut at the place of its first image.

loses: q3
hint: its own place
"""

def crop(images, places, margin=4):
    row, column = places[0].tolist()
    height, width = images.shape[2:]
    padded = F.pad(images, [margin] * 4)
    return padded[:, :, row : row + height, column : column + width]
