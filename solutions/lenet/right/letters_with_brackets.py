"""Letters as one copies them from a list; the switches are called by position."""

CHOICES = {"layer": "C)", "dropout": " a.", "gap": "(D)"}
_Right = LeNet


class LeNet(_Right):
    def __init__(self, n_classes: int = 10, bn: bool = False, drop: bool = False) -> None:
        _Right.__init__(self, n_classes, bn, drop)
        if drop:
            self.drop = nn.Dropout(0.3, inplace=True)


def my_lenet():
    return LeNet(10, True, True)
