"""A layer left over from an earlier try: registered, never called.

loses: q1
hint: remove what forward does not use
"""

_Right = CustomResNet


class CustomResNet(_Right):
    def __init__(self, width=64, classes=10):
        super().__init__(width, classes)
        self.extra = nn.Conv2d(8 * width, 8, 1)
