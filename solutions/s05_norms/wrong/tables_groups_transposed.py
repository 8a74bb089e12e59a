"""The rows of the table are groups, not examples.

loses: q1
hint: yours are swapped
"""

MEANS = {**MEANS, "gn": np.transpose(MEANS["gn"])}
VARIANCES = {**VARIANCES, "gn": np.transpose(VARIANCES["gn"])}
