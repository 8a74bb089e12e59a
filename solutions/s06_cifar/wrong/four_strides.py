"""A fourth stride, down to 2 x 2.

loses: q2
hint: exactly three
"""

class Net(Net):
    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(
            conv(3, 16),
            conv(16, 32, stride=2),
            Residual(conv(32, 32), conv(32, 32)),
            conv(32, 48, stride=2),
            Residual(conv(48, 48), conv(48, 48)),
            Residual(conv(48, 48, dilation=2)),
            conv(48, 64, stride=2),
            conv(64, 64, stride=2),
            conv(64, 64, groups=64),
            conv(64, 128, kernel=1),
        )
        self.classify = nn.Linear(128, 10)

RECEPTIVE_FIELD = 105
