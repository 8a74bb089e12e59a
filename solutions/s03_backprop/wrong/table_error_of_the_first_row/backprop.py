"""The cells of E point at w5 to w8 of the first row: dollar signs stayed in the reference.

loses: q3
hint: not of the first row
"""
