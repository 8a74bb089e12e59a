"""All images of a batch are moved alike and get the same hole.

loses: q3
hint: one for the whole batch
"""

def transform(images, training):
    if not training:
        return images
    places, middles = torch.randint(0, 9, (1, 2)), torch.randint(0, 32, (1, 2))
    return cutout(crop(images, places.expand(len(images), 2)), middles.expand(len(images), 2))
