"""The 1 after the division is left out.

loses: q4
hint: add 1
"""


def out_size(n, kernel, stride=1, padding=0, dilation=1):
    reach = dilation * (kernel - 1) + 1
    return (n + 2 * padding - reach) // stride
