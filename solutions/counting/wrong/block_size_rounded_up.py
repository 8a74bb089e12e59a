"""The output of the first layer is rounded up to 33.

loses: q2
hint: round the output's size down
"""

BLOCK_MACS = 33 * 33 * (3 * 3 * 128 * 256 + 3 * 3 * 256 * 512)
