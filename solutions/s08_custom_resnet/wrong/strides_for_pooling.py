"""Strided convolutions take the place of the max poolings.

loses: q1
hint: not a stride of 2
"""

def conv(inputs, outputs, pool=False):
    first = nn.Conv2d(inputs, outputs, 3, padding=1, stride=2 if pool else 1, bias=False)
    return nn.Sequential(first, nn.BatchNorm2d(outputs), nn.ReLU(inplace=True))
