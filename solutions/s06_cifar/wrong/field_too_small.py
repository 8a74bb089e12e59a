"""A shallow network sees 39 pixels.

loses: q3
hint: add a layer where the map is small
"""


class Net(Net):
    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(
            conv(3, 16, stride=2),
            conv(16, 32, stride=2),
            conv(32, 32, groups=32),
            conv(32, 32, kernel=1),
            conv(32, 32, dilation=2),
            conv(32, 128, stride=2),
        )


RECEPTIVE_FIELD = 39
