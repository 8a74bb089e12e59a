"""beta multiplies the normalised rows.

loses: q2
hint: it does not multiply it
"""

Z_TILDE = GAMMA[:, None] * Z_HAT * BETA[:, None]
