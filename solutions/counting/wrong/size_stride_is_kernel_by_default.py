"""The stride is the kernel unless it is given, as in pooling.

loses: q4
hint: stride is 1 unless it is asked for
"""


def out_size(n, kernel, stride=None, padding=0, dilation=1):
    stride = stride or kernel
    return (n + 2 * padding - dilation * (kernel - 1) - 1) // stride + 1
