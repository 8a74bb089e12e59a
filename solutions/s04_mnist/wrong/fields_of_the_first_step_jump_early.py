"""In the first step the jump grows before the layer that makes it.

loses: q4
hint: a stride counts for the layers after it
"""

FIELDS = {**FIELDS, "Step1": [3, 5, 7, 7, 11, 15]}
