"""A fully connected layer that shares nothing: every entry has a weight of its own.

loses: q1
hint: all positions share them
"""

A = Matrix(4, 8, symbols("a1:33"))
