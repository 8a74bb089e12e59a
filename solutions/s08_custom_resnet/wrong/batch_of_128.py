"""The batches have 128 images.

loses: q4
hint: 512 images
"""

BATCH = 128
