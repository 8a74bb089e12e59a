"""The first row holds the weights after the first update.

loses: q3
hint: the first row is step 0
"""
