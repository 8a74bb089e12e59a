"""Eighteen classes for nineteen sums.

loses: q2
hint: there are 19 sums
"""

SUMS = 18
