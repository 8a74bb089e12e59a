"""beta is added to the centred rows, which were never divided.

loses: q2
hint: yours are centred but not divided
"""

Z_TILDE = GAMMA[:, None] * (Z - Z.mean(axis=1, keepdims=True)) + BETA[:, None]
