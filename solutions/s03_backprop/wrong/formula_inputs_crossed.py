"""dE/dw1 uses i2 and dE/dw2 uses i1.

loses: q2
hint: w1 belongs to i1
"""

GRADIENTS = GRADIENTS | {"w1": GRADIENTS["w2"], "w2": GRADIENTS["w1"]}
