"""The maps of 4 x 4 are flattened; the linear layer has sixteen times its size.

loses: q1
hint: max pooling 4 leaves 512 numbers
"""

_Right = CustomResNet


class CustomResNet(_Right):
    def __init__(self, width=64, classes=10):
        super().__init__(width, classes)
        self.pool = nn.Identity()
        self.classify = nn.Linear(8 * width * 16, classes)
