"""Every sign is turned around.

loses: q2
hint: the sign is turned around
"""

GRADIENTS = {name: -formula for name, formula in GRADIENTS.items()}
