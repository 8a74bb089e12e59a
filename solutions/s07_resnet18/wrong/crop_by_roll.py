"""The images are rolled: what leaves on one side comes in on the other.

loses: q3
hint: torch.roll
"""

def crop(images, places, margin=4):
    moves = (margin - places).tolist()
    rolled = [image.roll(move, dims=(1, 2)) for image, move in zip(images, moves, strict=True)]
    return torch.stack(rolled)
