"""Batch norm averages over the examples only: a mean for every place.

loses: q1
hint: one number for each channel
"""

MEANS = {**MEANS, "bn": X.mean(axis=0)}
VARIANCES = {**VARIANCES, "bn": X.var(axis=0)}
