"""Images move down and right only.

loses: q7
hint: from -most to most
"""

def shift(images, draw, most=4):
    count, _, height, width = images.shape
    padded = F.pad(images, [most] * 4)
    places = torch.randint(0, most + 1, (count, 2), generator=draw)
    cut = [p[:, y : y + height, x : x + width] for p, (y, x) in zip(padded, places.tolist())]
    return torch.stack(cut)
