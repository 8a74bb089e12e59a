"""The rows of the table are channels, not examples.

loses: q1
hint: one number for each channel of each example
"""

MEANS = {**MEANS, "in": np.transpose(MEANS["in"])}
VARIANCES = {**VARIANCES, "in": np.transpose(VARIANCES["in"])}
