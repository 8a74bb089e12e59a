"""Below 10,000 and above 8,000.

loses: q1
hint: use fewer channels
"""

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(
            conv(1, 8), conv(8, 16), nn.MaxPool2d(2), conv(16, 8, 1, 0), conv(8, 16),
            conv(16, 24), nn.MaxPool2d(2), conv(24, 16, 3, 0),
            nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(16, 10),
        )

    def forward(self, x):
        return self.layers(x)


FIELDS = {**FIELDS, "Net": [3, 5, 6, 6, 10, 14, 16, 24]}
STEPS = [*STEPS[:2], {**STEPS[2], "parameters": sum(p.numel() for p in Net().parameters())}]
