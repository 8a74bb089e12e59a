"""In training the images are only cut, never moved.

loses: q3
hint: one for the whole batch
"""

def transform(images, training):
    return cutout(images, torch.randint(0, 32, (len(images), 2))) if training else images
