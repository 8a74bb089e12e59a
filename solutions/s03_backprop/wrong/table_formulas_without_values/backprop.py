"""A spreadsheet written by a program: formulas, and no values.

loses: q3
hint: open the file in a spreadsheet program
"""
