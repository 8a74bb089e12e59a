"""The rows are divided by their standard deviation, but no mean is subtracted.

loses: q1
hint: subtract the mean of each feature
"""

Z_HAT = Z / Z.std(axis=1, keepdims=True)
