"""Pixels that leave on one side come in on the other.

loses: q7
hint: pad with `most` zeros
"""

def shift(images, draw, most=4):
    places = torch.randint(-most, most + 1, (len(images), 2), generator=draw).tolist()
    return torch.stack([torch.roll(x, move, (1, 2)) for x, move in zip(images, places)])
