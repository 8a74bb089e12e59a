"""The size is rounded to the nearest whole number.

loses: q4
hint: round down, not up
"""


def out_size(n, kernel, stride=1, padding=0, dilation=1):
    reach = dilation * (kernel - 1) + 1
    return int((n + 2 * padding - reach) / stride + 1.5)
