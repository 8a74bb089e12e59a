"""The half in E is forgotten.

loses: q2
hint: the half in E is forgotten
"""

GRADIENTS = {name: 2 * formula for name, formula in GRADIENTS.items()}
