"""The variances are the unbiased ones.

loses: q1
hint: divide by the number of entries in the set
"""

SIZES = {"bn": 8, "ln": 16, "gn": 8, "in": 4}
VARIANCES = {kind: np.array(v) * SIZES[kind] / (SIZES[kind] - 1) for kind, v in VARIANCES.items()}
