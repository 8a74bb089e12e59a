"""RECEPTIVE_FIELD counts the global average pooling as a layer.

loses: q3
hint: take the last map before it
"""

RECEPTIVE_FIELD = 97
