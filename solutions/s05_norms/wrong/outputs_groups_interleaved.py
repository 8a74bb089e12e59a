"""Channels 0 and 2 are taken as a group, and 1 and 3.

loses: q2
hint: a group holds neighbouring channels
"""

STRIPES = X.reshape(2, 2, 2, 2, 2)
STRIPES = STRIPES - STRIPES.mean(axis=(1, 3, 4), keepdims=True)
OUTPUTS["gn"] = (STRIPES / STRIPES.std(axis=(1, 3, 4), keepdims=True)).reshape(X.shape)
