"""Only height x width is compared: -75 %.

loses: q3
hint: count the channels too
"""

MEMORY_CHANGE_PERCENT = -75
