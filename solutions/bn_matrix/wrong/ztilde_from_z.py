"""beta is added to Z itself.

loses: q2
hint: start from the normalised rows
"""

Z_TILDE = GAMMA[:, None] * Z + BETA[:, None]
