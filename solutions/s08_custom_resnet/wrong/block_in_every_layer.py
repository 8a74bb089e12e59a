"""Layer 2 has a block as well.

loses: q1
hint: layer 2 is one convolution
"""

_Right = CustomResNet


class CustomResNet(_Right):
    def __init__(self, width=64, classes=10):
        super().__init__(width, classes)
        self.layer2 = nn.Sequential(self.layer2, ResBlock(4 * width))
