"""Dropout is taken to act in evaluation mode too.

loses: q7
hint: nothing is dropped in evaluation mode
"""

CHOICES["dropout"] = "c"
