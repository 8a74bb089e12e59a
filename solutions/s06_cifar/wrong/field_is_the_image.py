"""RECEPTIVE_FIELD is the size of the image.

loses: q3
hint: this is the size of the image
"""

RECEPTIVE_FIELD = 32
