"""A is reshaped to 8 x 4 instead of transposed.

loses: q2
hint: does not exchange its rows and columns
"""

B = A.reshape(8, 4)
