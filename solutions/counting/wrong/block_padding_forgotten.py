"""The maps shrink to 31 and 29: no padding.

loses: q2
hint: pads its input by 1 at each end
"""

BLOCK_MACS = 31 * 31 * 3 * 3 * 128 * 256 + 29 * 29 * 3 * 3 * 256 * 512
