"""The norms learn nothing.

loses: q2
hint: leave `affine` as it is
"""

_Right = LeNet


class LeNet(_Right):
    def __init__(self, n_classes=10, bn=False, drop=False):
        super().__init__(n_classes, bn, drop)
        if bn:
            self.bn1 = nn.BatchNorm2d(6, affine=False)
            self.bn2 = nn.BatchNorm2d(16, affine=False)
