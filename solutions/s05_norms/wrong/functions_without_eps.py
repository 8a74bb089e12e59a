"""eps is not used.

loses: q3
hint: eps is not used
"""

def normalised(x, axes, eps):
    return (x - x.mean(axis=axes, keepdims=True)) / x.std(axis=axes, keepdims=True)
