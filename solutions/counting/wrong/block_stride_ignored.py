"""Both layers are taken to work on 64 x 64.

loses: q2
hint: the stride of the first layer shrinks the map
"""

BLOCK_MACS = 64 * 64 * (3 * 3 * 128 * 256 + 3 * 3 * 256 * 512)
