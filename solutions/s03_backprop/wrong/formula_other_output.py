"""dE/dw7 is copied from dE/dw5.

loses: q2
hint: w5 leads to o1, w7 to o2
"""

GRADIENTS = GRADIENTS | {"w7": GRADIENTS["w5"]}
