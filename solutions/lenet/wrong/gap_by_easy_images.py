"""The test images are taken to be easier.

loses: q7
hint: easier in themselves
"""

CHOICES["gap"] = "a"
