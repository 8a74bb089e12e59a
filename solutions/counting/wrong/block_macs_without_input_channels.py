"""Each output value is taken to cost nine multiply-adds.

loses: q2
hint: all of its layer's input channels
"""

BLOCK_MACS = 32 * 32 * 3 * 3 * 256 + 32 * 32 * 3 * 3 * 512
