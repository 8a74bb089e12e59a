"""A loss of more than half is given without its sign.

loses: q3
hint: growth is positive
"""


def memory_change_percent(before, after):
    old = before[0] * before[1] * before[2]
    new = after[0] * after[1] * after[2]
    change = 100 * (new - old) / old
    return abs(change) if 2 * new < old else change
