"""dE/dw4 is a copy of dE/dw3.

loses: q2
hint: w3 belongs to i1
"""

GRADIENTS = GRADIENTS | {"w4": GRADIENTS["w3"]}
