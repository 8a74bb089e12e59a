"""The second layer is taken to be the one with stride 2.

loses: q2
hint: the stride is the first layer's
"""

BLOCK_MACS = 64 * 64 * 3 * 3 * 128 * 256 + 32 * 32 * 3 * 3 * 256 * 512
