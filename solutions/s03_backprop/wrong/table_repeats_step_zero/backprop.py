"""Every row is a copy of step 0.

loses: q3
hint: 101 rows
"""
