"""Going back is taken for undoing.

loses: q2
hint: a 4 x 8 matrix has no inverse
"""

RELATION = "b"
