"""Twice the channels.

loses: q1
hint: use fewer channels
"""

class Net(Net):
    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(
            conv(3, 16),
            conv(16, 32, stride=2),
            Residual(conv(32, 32), conv(32, 32)),
            conv(32, 96, stride=2),
            Residual(conv(96, 96), conv(96, 96)),
            Residual(conv(96, 96, dilation=2)),
            conv(96, 128, stride=2),
            conv(128, 128, groups=128),
            conv(128, 256, kernel=1),
        )
        self.classify = nn.Linear(256, 10)

RECEPTIVE_FIELD = 73
