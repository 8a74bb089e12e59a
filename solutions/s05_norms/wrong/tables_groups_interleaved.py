"""Channels 0 and 2 are taken as a group, and 1 and 3.

loses: q1
hint: a group holds neighbouring channels
"""

STRIPES = X.reshape(2, 2, 2, 2, 2)
MEANS = {**MEANS, "gn": STRIPES.mean(axis=(1, 3, 4))}
VARIANCES = {**VARIANCES, "gn": STRIPES.var(axis=(1, 3, 4))}
