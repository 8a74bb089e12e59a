"""The rows are divided by their variance.

loses: q1
hint: not by the variance
"""

Z_HAT = (Z - Z.mean(axis=1, keepdims=True)) / Z.var(axis=1, keepdims=True)
