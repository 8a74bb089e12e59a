"""Z is handed in as it is.

loses: q1
hint: centre each row at 0, then divide it
"""

Z_HAT = Z
