"""The function gives what was saved: the sign is reversed.

loses: q3
hint: growth is positive
"""


def memory_change_percent(before, after):
    old = before[0] * before[1] * before[2]
    new = after[0] * after[1] * after[2]
    return 100 * (old - new) / old
