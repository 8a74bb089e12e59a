"""The cell of w4 points at the column of dE/dw3: a real spreadsheet had it.

loses: q3
hint: w4 is updated with dE/dw3
"""
