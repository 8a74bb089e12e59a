"""One draw for the whole batch.

loses: q7
hint: draw for each image by itself
"""

def flip(images, draw):
    return images.flip(3) if torch.rand(1, generator=draw) < 0.5 else images
