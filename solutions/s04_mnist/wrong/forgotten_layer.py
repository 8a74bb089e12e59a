"""A linear layer of an earlier attempt is still registered.

loses: q1
hint: registered but never called: old.weight
"""

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(
            conv(1, 8), conv(8, 16), nn.MaxPool2d(2), conv(16, 16),
            nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(16, 10),
        )
        self.old = nn.Linear(784, 10)

    def forward(self, x):
        return self.layers(x)


FIELDS = {**FIELDS, "Net": [3, 5, 6, 10]}
STEPS = [*STEPS[:2], {**STEPS[2], "parameters": sum(p.numel() for p in Net().parameters())}]
