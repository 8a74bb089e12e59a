"""The switch is read, and nothing comes of it.

loses: q2
hint: look at the switch
"""

_Right = LeNet


class LeNet(_Right):
    def __init__(self, n_classes=10, bn=False, drop=False):
        super().__init__(n_classes, bn, drop)
        if bn:
            self.bn1 = self.bn2 = nn.Identity()
