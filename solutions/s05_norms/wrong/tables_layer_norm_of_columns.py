"""Layer norm averages over the last axis, as nn.LayerNorm(2) does.

loses: q1
hint: one number for each example
"""

MEANS = {**MEANS, "ln": X.mean(axis=-1)}
VARIANCES = {**VARIANCES, "ln": X.var(axis=-1)}
