"""The way back is taken for a convolution without padding.

loses: q3
hint: it has to be wider
"""

PADDING_DX = 0
