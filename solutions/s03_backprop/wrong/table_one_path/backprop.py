"""Only the path through o1 is followed back.

loses: q3
hint: add up the two paths
"""
