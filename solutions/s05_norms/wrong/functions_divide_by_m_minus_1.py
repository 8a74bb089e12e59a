"""The variance is the unbiased one, as torch.var gives it.

loses: q3
hint: divide by the number of entries in the set
"""

def normalised(x, axes, eps):
    gaps = x - x.mean(axis=axes, keepdims=True)
    return gaps / np.sqrt(x.var(axis=axes, keepdims=True, ddof=1) + eps)
