"""Padding is added at one end only, which shows in the second layer.

loses: q2
hint: padding stands at both ends
"""

BLOCK_MACS = 32 * 32 * 3 * 3 * 128 * 256 + 31 * 31 * 3 * 3 * 256 * 512
