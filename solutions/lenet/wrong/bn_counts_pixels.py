"""The norms are given the side of the map, 14 and 5, in place of its channels.

loses: q2, q4
hint: counts channels, not pixels
"""

_Right = LeNet


class LeNet(_Right):
    def __init__(self, n_classes=10, bn=False, drop=False):
        super().__init__(n_classes, bn, drop)
        if bn:
            self.bn1 = nn.BatchNorm2d(14)
            self.bn2 = nn.BatchNorm2d(5)
