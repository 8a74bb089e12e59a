"""The function compares height x width only.

loses: q3
hint: count the channels too
"""


def memory_change_percent(before, after):
    old, new = before[0] * before[1], after[0] * after[1]
    return 100 * (new - old) / old
