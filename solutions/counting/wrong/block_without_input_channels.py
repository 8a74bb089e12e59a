"""Each filter is taken to be 3 x 3, without its depth.

loses: q1
hint: all of its layer's input channels
"""

BLOCK_PARAMETERS = 3 * 3 * 256 + 3 * 3 * 512
