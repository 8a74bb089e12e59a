"""A lambda under a name is a function too.

loses: q2
hint: move it into
"""
