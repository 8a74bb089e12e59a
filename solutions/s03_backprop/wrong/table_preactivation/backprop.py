"""dE/dw6 uses h2 where a_h2 belongs: a real spreadsheet had it.

loses: q3
hint: a_h2, not times h2
"""
