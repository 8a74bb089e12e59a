"""The second pooling has no norm.

loses: q2
hint: one after each pooling
"""

_Right = LeNet


class LeNet(_Right):
    def __init__(self, n_classes=10, bn=False, drop=False):
        super().__init__(n_classes, bn, drop)
        if bn:
            self.bn2 = nn.Identity()
