"""The size is rounded up, as in pooling with ceil mode.

loses: q4
hint: round down, not up
"""

import math


def out_size(n, kernel, stride=1, padding=0, dilation=1):
    reach = dilation * (kernel - 1) + 1
    return math.ceil((n + 2 * padding - reach) / stride) + 1
