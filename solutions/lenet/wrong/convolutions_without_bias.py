"""The convolutions have no bias.

loses: q1
hint: the convolutions have biases too
"""

_Right = LeNet


class LeNet(_Right):
    def __init__(self, n_classes=10, bn=False, drop=False):
        super().__init__(n_classes, bn, drop)
        self.conv1 = nn.Conv2d(3, 6, 5, bias=False)
        self.conv2 = nn.Conv2d(6, 16, 5, bias=False)
