"""The network has no dropout.

loses: q2
hint: with a small p
"""

DROPOUT = 0.0
