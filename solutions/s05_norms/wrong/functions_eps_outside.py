"""eps is added to the standard deviation.

loses: q3
hint: eps belongs inside the root
"""

def normalised(x, axes, eps):
    return (x - x.mean(axis=axes, keepdims=True)) / (x.std(axis=axes, keepdims=True) + eps)
