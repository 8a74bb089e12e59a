"""The batches have 128 images.

loses: q4
hint: a batch has 512 images
"""

BATCH = 128
