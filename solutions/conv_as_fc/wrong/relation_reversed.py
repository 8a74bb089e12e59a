"""The flip of the kernels is taken for a flip of the matrix.

loses: q2
hint: which entries of A stand in them
"""

RELATION = "e"
