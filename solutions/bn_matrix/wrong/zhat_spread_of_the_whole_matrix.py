"""Each feature is centred by itself, but all are divided by the deviation of the whole matrix.

loses: q1
hint: do not pool the whole matrix
"""

Z_HAT = (Z - Z.mean(axis=1, keepdims=True)) / Z.std()
