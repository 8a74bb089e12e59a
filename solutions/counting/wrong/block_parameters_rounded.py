"""The number of weights is rounded to millions.

loses: q1
hint: do not round
"""

BLOCK_PARAMETERS = 1.47e6
