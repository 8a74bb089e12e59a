"""X is divided by the unbiased standard deviation.

loses: q2
hint: divide by the number of entries in the set
"""

SIZES = {"bn": 8, "ln": 16, "gn": 8, "in": 4}
OUTPUTS = {k: out * np.sqrt((SIZES[k] - 1) / SIZES[k]) for k, out in OUTPUTS.items()}
