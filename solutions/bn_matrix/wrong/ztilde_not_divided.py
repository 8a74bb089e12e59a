"""beta is added to the centred rows, which were never divided.

loses: q2
hint: divide by the standard deviation of each feature
"""

Z_TILDE = GAMMA[:, None] * (Z - Z.mean(axis=1, keepdims=True)) + BETA[:, None]
