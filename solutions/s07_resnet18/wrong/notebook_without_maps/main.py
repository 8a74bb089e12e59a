"""The notebook shows mistakes, but never where the network looked.

loses: q2
hint: where it looked
"""
