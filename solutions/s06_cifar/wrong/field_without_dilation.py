"""RECEPTIVE_FIELD leaves the dilation out.

loses: q3
hint: multiply by the dilation
"""

RECEPTIVE_FIELD = 65
