"""E lacks its half.

loses: q3
hint: the half in front
"""
