"""The table ends at step 50.

loses: q3
hint: 101 rows
"""
