"""RECEPTIVE_FIELD leaves the strides out.

loses: q3
hint: keep a jump
"""

RECEPTIVE_FIELD = 23
