"""beta is subtracted.

loses: q2
hint: beta is added, not subtracted
"""

Z_TILDE = GAMMA[:, None] * Z_HAT - BETA[:, None]
