"""A layer is built and never called.

loses: q5
hint: remove what forward does not use
"""

_Net = Net


class Net(_Net):
    def __init__(self, norm="bn"):
        super().__init__(norm)
        self.spare = nn.BatchNorm2d(32)
