"""The kernel keeps its size whatever the dilation.

loses: q4
hint: the dilation is left out
"""


def out_size(n, kernel, stride=1, padding=0, dilation=1):
    return (n + 2 * padding - kernel) // stride + 1
