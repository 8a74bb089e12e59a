"""Padding is added once, not at both ends.

loses: q4
hint: padding stands at both ends
"""


def out_size(n, kernel, stride=1, padding=0, dilation=1):
    reach = dilation * (kernel - 1) + 1
    return (n + padding - reach) // stride + 1
