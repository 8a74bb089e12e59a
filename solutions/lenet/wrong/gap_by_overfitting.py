"""The gap is taken for over-fitting.

loses: q7
hint: over-fitting shows the other way round
"""

CHOICES["gap"] = "c"
