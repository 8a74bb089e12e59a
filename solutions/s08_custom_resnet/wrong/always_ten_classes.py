"""The last layer gives ten numbers, whatever was asked.

loses: q5
hint: the last layer has `classes` outputs
"""

_Right = CustomResNet


class CustomResNet(_Right):
    def __init__(self, width=64, classes=10):
        super().__init__(width, 10)
