"""The network with group norm has more channels, so that the groups fit.

loses: q5
hint: only the norms may depend on `norm`
"""

class Net(nn.Module):
    def __init__(self, norm="bn"):
        super().__init__()
        width = 16 if norm == "gn" else 10
        self.conv = nn.Conv2d(1, width, 3, bias=False)
        self.norm = make_norm(norm, width, 4)
        self.classify = nn.Linear(width, 10)

    def forward(self, x):
        return self.classify(F.relu(self.norm(self.conv(x))).mean(dim=(2, 3)))
