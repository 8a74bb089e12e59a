"""Each added bias is counted as a multiply-add.

loses: q2
hint: adding a bias multiplies nothing
"""

BLOCK_MACS = 32 * 32 * (3 * 3 * 128 * 256 + 256) + 32 * 32 * (3 * 3 * 256 * 512 + 512)
