"""The size keeps its fraction.

loses: q4
hint: round it down
"""


def out_size(n, kernel, stride=1, padding=0, dilation=1):
    reach = dilation * (kernel - 1) + 1
    return (n + 2 * padding - reach) / stride + 1
