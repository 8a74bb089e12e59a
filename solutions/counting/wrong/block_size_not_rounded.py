"""The output of the first layer is left at 32.5.

loses: q2
hint: a whole number: round it down
"""

SIDE = (64 - 3 + 2) / 2 + 1
BLOCK_MACS = SIDE * SIDE * (3 * 3 * 128 * 256 + 3 * 3 * 256 * 512)
