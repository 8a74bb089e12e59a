"""The change is taken relative to what came out.

loses: q3
hint: before, not after
"""


def memory_change_percent(before, after):
    old = before[0] * before[1] * before[2]
    new = after[0] * after[1] * after[2]
    return 100 * (new - old) / new
