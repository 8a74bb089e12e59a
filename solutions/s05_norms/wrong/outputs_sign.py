"""The mean minus the number, not the number minus the mean.

loses: q2
hint: not the mean minus the number
"""

OUTPUTS = {kind: -out for kind, out in OUTPUTS.items()}
