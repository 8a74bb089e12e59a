"""All numbers are rounded to four decimals.

loses: q3
hint: at least six decimals
"""
