"""A stands on its side: a row for each input.

loses: q1
hint: a row for each of the 4 outputs
"""

A = A.T
