"""The last map is averaged, as most networks do.

loses: q1
hint: the maximum, not the mean
"""

_Right = CustomResNet


class CustomResNet(_Right):
    def __init__(self, width=64, classes=10):
        super().__init__(width, classes)
        self.pool = nn.AdaptiveAvgPool2d(1)
