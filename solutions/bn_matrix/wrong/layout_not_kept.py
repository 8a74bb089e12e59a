"""The layout is declared examples first, but every array has features first.

loses: q1, q2, q3, q4, q5
hint: swap its axes
"""

LAYOUT = "examples_first"
