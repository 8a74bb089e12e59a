"""A bias for each output channel is added to the block.

loses: q1
hint: this block has no biases
"""

BLOCK_PARAMETERS = 3 * 3 * 128 * 256 + 256 + 3 * 3 * 256 * 512 + 512
