"""dE/dw6 and dE/dw7 change places.

loses: q2
hint: yours are crossed
"""

GRADIENTS = GRADIENTS | {"w6": GRADIENTS["w7"], "w7": GRADIENTS["w6"]}
