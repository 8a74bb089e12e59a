"""The last layer gives ten numbers, whatever was asked.

loses: q5
hint: one number a class
"""

_Right = CustomResNet


class CustomResNet(_Right):
    def __init__(self, width=64, classes=10):
        super().__init__(width, 10)
