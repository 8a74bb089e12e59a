"""The padding that keeps the width.

loses: q3
hint: X is 4 wide
"""

PADDING_DX = 1
