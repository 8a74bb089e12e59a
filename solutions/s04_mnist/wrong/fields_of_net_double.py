"""In the last network poolings double the field.

loses: q4
hint: it does not double the field
"""

FIELDS = {**FIELDS, "Net": [3, 5, 10, 10, 12, 14, 28, 30]}
