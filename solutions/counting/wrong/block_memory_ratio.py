"""The output's memory as a percentage of the input's.

loses: q3
hint: the change, not the ratio
"""

MEMORY_CHANGE_PERCENT = 100
