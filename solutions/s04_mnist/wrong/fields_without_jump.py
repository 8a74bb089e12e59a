"""The strides are forgotten.

loses: q4
hint: keep a jump
"""

FIELDS = {
    "Step1": [3, 5, 6, 6, 8, 9],
    "Step2": [3, 5, 6, 6, 8, 9, 11],
    "Net": [3, 5, 6, 6, 8, 10, 11, 13],
}
