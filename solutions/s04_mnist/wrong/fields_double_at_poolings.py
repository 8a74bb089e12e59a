"""Each pooling is taken to double the field.

loses: q4
hint: it does not double the field
"""

FIELDS = {
    "Step1": [3, 5, 10, 10, 12, 24],
    "Step2": [3, 5, 10, 10, 12, 24, 26],
    "Net": [3, 5, 10, 10, 12, 14, 28, 30],
}
