"""dE/dw6 and dE/dw7 change places.

loses: q2
hint: w6 leads from a_h2 to o1
"""

GRADIENTS = GRADIENTS | {"w6": GRADIENTS["w7"], "w7": GRADIENTS["w6"]}
