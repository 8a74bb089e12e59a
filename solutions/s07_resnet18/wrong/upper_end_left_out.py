"""torch.randint(0, 8) never moves an image by +4.

loses: q3
hint: whose upper end is left out
"""

def transform(images, training):
    if not training:
        return images
    places = torch.randint(0, 8, (len(images), 2))
    return cutout(crop(images, places), torch.randint(0, 32, (len(images), 2)))
