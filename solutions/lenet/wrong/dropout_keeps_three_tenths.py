"""0.3 is taken for the share that is kept.

loses: q3
hint: not the share that is kept
"""

_Right = LeNet


class LeNet(_Right):
    def __init__(self, n_classes=10, bn=False, drop=False):
        super().__init__(n_classes, bn, drop)
        self.drop = nn.Dropout(0.7) if drop else nn.Identity()
