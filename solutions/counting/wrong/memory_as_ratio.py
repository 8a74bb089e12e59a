"""The function gives after as a percentage of before.

loses: q3
hint: the change, not the ratio
"""


def memory_change_percent(before, after):
    old = before[0] * before[1] * before[2]
    new = after[0] * after[1] * after[2]
    return 100 * new / old
