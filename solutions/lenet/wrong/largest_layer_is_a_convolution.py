"""The second convolution is taken to hold most parameters.

loses: q7
hint: inputs x outputs x kernel
"""

CHOICES["layer"] = "b"
