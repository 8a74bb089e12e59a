"""p is taken for the part that is kept.

loses: q2
hint: p is the part that is dropped
"""

DROPOUT = 0.95
