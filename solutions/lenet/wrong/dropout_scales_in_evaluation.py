"""The outputs are taken to be scaled by 0.7 in evaluation mode.

loses: q7
hint: torch has scaled already
"""

CHOICES["dropout"] = "b"
