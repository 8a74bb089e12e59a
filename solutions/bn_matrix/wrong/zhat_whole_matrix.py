"""One mean and one deviation for the whole matrix.

loses: q1
hint: do not pool the whole matrix
"""

Z_HAT = (Z - Z.mean()) / Z.std()
