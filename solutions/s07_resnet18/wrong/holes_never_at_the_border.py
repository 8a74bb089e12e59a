"""The middles are drawn so that every hole is whole.

loses: q3
hint: the border cuts many holes
"""

def transform(images, training):
    if not training:
        return images
    places = torch.randint(0, 9, (len(images), 2))
    return cutout(crop(images, places), torch.randint(8, 25, (len(images), 2)))
