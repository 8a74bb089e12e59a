"""The gradient goes through the same matrix again.

loses: q2
hint: 8 rows and 4 columns
"""

B = A
