"""The second layer is taken to read X again, not the first layer's output.

loses: q1
hint: the second layer's inputs are the first layer's outputs
"""

BLOCK_PARAMETERS = 3 * 3 * 128 * 256 + 3 * 3 * 128 * 512
