"""Filters that no optimiser sees.

loses: q1
hint: frozen tensors, buffers and constants count too
"""

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(
            conv(2, 8), conv(8, 16), nn.MaxPool2d(2), conv(16, 16),
            nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(16, 10),
        )
        self.filters = torch.randn(900, 1, 3, 3)

    def forward(self, x):
        edges = F.conv2d(x, self.filters, padding=1).mean(1, keepdim=True)
        return self.layers(torch.cat([x, edges], 1))


FIELDS = {**FIELDS, "Net": [3, 5, 7, 8, 12]}
STEPS = [*STEPS[:2], {**STEPS[2], "parameters": sum(p.numel() for p in Net().parameters())}]
