"""The function forgets to turn the fraction into percent.

loses: q3
hint: multiply by 100
"""


def memory_change_percent(before, after):
    old = before[0] * before[1] * before[2]
    new = after[0] * after[1] * after[2]
    return (new - old) / old
