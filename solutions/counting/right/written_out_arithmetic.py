"""The block's answers as arithmetic in text, and the change as an exact fraction."""

from fractions import Fraction

BLOCK_PARAMETERS = "3*3*128*256 + 3*3*256*512"
BLOCK_MACS = "32*32*(3*3*128*256 + 3*3*256*512)"
MEMORY_CHANGE_PERCENT = Fraction(32 * 32 * 512, 64 * 64 * 128) * 100 - 100


def memory_change_percent(before, after):
    ratio = Fraction(1)
    for old, new in zip(before, after):
        ratio *= Fraction(new, old)
    return 100 * (ratio - 1)
