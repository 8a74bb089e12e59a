"""The first norm was forgotten when the switch was put in.

loses: q5
hint: use no other norm
"""

_Net = Net


class Net(_Net):
    def __init__(self, norm="bn"):
        super().__init__(norm)
        self.features[1] = nn.BatchNorm2d(12)
