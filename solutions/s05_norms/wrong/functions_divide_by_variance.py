"""The root is forgotten.

loses: q3
hint: by the root of the variance
"""

def normalised(x, axes, eps):
    return (x - x.mean(axis=axes, keepdims=True)) / (x.var(axis=axes, keepdims=True) + eps)
