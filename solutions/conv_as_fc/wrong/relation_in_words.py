"""The relation is written out, where a letter was asked for.

loses: q2
hint: one letter from a to e
"""

RELATION = "B = A^T"
