"""Only the channels are compared: +300 %.

loses: q3
hint: count height and width too
"""

MEMORY_CHANGE_PERCENT = "300%"
