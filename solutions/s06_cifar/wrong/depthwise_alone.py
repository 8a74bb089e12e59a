"""The depthwise convolution is followed by the pooling.

loses: q4
hint: put a 1 x 1 convolution
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
            conv(64, 64, groups=64),
        )
        self.classify = nn.Linear(64, 10)

RECEPTIVE_FIELD = 73
