"""The switch is not read: every variant drops.

loses: q3
hint: only where `drop` is true
"""

_Right = LeNet


class LeNet(_Right):
    def __init__(self, n_classes=10, bn=False, drop=False):
        super().__init__(n_classes, bn, drop)
        self.drop = nn.Dropout(0.3)
