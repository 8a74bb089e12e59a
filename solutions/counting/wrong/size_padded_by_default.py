"""Padding is filled in so that the size stays, unless it is given.

loses: q4
hint: padding is 0 unless it is asked for
"""


def out_size(n, kernel, stride=1, padding=None, dilation=1):
    if padding is None:
        padding = kernel // 2
    return (n + 2 * padding - dilation * (kernel - 1) - 1) // stride + 1
