"""The zeros of both ends are counted together.

loses: q3
hint: those of one end
"""

PADDING_DX = 4
