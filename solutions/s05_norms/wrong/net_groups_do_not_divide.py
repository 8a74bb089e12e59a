"""10 channels cannot be split into 4 groups.

loses: q5
hint: choose channels that the number of groups divides
"""

class Net(nn.Module):
    def __init__(self, norm="bn"):
        super().__init__()
        self.conv = nn.Conv2d(1, 10, 3, bias=False)
        self.norm = make_norm(norm, 10, 4)
        self.classify = nn.Linear(10, 10)

    def forward(self, x):
        return self.classify(F.relu(self.norm(self.conv(x))).mean(dim=(2, 3)))
