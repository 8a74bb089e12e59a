"""A padding of 2 in the first convolution: 576 numbers reach a layer that reads 400.

loses: q1
hint: no padding
"""

_Right = LeNet


class LeNet(_Right):
    def __init__(self, n_classes=10, bn=False, drop=False):
        super().__init__(n_classes, bn, drop)
        self.conv1 = nn.Conv2d(3, 6, 5, padding=2)
