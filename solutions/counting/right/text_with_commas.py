"""The block's answers as text, as one copies them from a notebook's output."""

BLOCK_PARAMETERS = "1,474,560"
BLOCK_MACS = "1,509,949,440"
MEMORY_CHANGE_PERCENT = "0%"
