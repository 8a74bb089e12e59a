"""A dilated kernel is taken to cover dilation x kernel pixels.

loses: q4
hint: the kernel - 1 gaps between the taps
"""


def out_size(n, kernel, stride=1, padding=0, dilation=1):
    return (n + 2 * padding - dilation * kernel) // stride + 1
