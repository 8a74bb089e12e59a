"""Padding is left out.

loses: q4
hint: the padding is left out
"""


def out_size(n, kernel, stride=1, padding=0, dilation=1):
    reach = dilation * (kernel - 1) + 1
    return (n - reach) // stride + 1
