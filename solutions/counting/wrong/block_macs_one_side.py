"""Positions are counted along one side only.

loses: q2
hint: height x width positions
"""

BLOCK_MACS = 32 * (3 * 3 * 128 * 256 + 3 * 3 * 256 * 512)
