"""The channels are written into the layers.

loses: q5
hint: use the arguments
"""

_Right = CustomResNet


class CustomResNet(_Right):
    def __init__(self, width=64, classes=10):
        super().__init__(64, classes)
