"""E is taken as the mean over the outputs.

loses: q2
hint: not their mean
"""

GRADIENTS = {name: formula / 2 for name, formula in GRADIENTS.items()}
