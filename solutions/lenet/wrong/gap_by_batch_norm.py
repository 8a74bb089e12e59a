"""The batch norms are taken for the reason.

loses: q7
hint: without any batch norm
"""

CHOICES["gap"] = "b"
