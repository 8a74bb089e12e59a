"""A multiply-add is counted as two operations.

loses: q2
hint: one multiply-add, not two
"""

BLOCK_MACS = 2 * 32 * 32 * (3 * 3 * 128 * 256 + 3 * 3 * 256 * 512)
