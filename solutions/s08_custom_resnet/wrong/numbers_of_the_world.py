"""Random numbers come from torch at large, not from the generator.

loses: q4
hint: generator=generator
"""

_right = augment


def augment(images, generator):
    return _right(images, torch.default_generator)
