"""The rows are centred and left as wide as they were.

loses: q1
hint: divide by the standard deviation of each feature
"""

Z_HAT = Z - Z.mean(axis=1, keepdims=True)
