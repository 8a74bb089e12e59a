"""A max pooling in place of the last stride.

loses: q2
hint: take the pooling away
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
            conv(48, 64),
            nn.MaxPool2d(2),
            conv(64, 64, groups=64),
            conv(64, 128, kernel=1),
        )
        self.classify = nn.Linear(128, 10)

RECEPTIVE_FIELD = 77
