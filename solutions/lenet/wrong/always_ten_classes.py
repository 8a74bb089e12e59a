"""The last layer has ten outputs, whatever n_classes says.

loses: q1
hint: give n_classes to the last layer
"""

_Right = LeNet


class LeNet(_Right):
    def __init__(self, n_classes=10, bn=False, drop=False):
        super().__init__(10, bn, drop)
