"""A should equal B.

loses: q2
hint: they cannot be the same
"""

RELATION = "a"
