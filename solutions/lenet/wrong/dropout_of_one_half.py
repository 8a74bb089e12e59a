"""The rate is left as torch has it.

loses: q3
hint: torch takes 0.5 unless it is told
"""

_Right = LeNet


class LeNet(_Right):
    def __init__(self, n_classes=10, bn=False, drop=False):
        super().__init__(n_classes, bn, drop)
        self.drop = nn.Dropout() if drop else nn.Identity()
