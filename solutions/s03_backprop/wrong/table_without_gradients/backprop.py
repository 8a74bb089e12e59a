"""The table has no columns for the gradients.

loses: q3
hint: name each column
"""
