"""The notebook defines a function for its figures.

loses: q2
hint: move it into
"""
