"""The rate is 0.1.

loses: q3
hint: the rate of the table is 0.5
"""
