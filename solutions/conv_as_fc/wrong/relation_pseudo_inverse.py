"""Going back is taken for undoing as well as can be.

loses: q2
hint: the pseudo-inverse would undo
"""

RELATION = "c"
