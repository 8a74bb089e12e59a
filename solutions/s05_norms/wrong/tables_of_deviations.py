"""Standard deviations stand in the table of variances.

loses: q1
hint: a variance is not under a root
"""

VARIANCES = {kind: np.sqrt(v) for kind, v in VARIANCES.items()}
