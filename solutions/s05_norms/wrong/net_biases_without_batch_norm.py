"""Only the networks without batch norm have biases.

loses: q5
hint: same biases
"""

class Net(nn.Module):
    def __init__(self, norm="bn"):
        super().__init__()
        self.conv = nn.Conv2d(1, 16, 3, bias=norm != "bn")
        self.norm = make_norm(norm, 16, 4)
        self.classify = nn.Linear(16, 10)

    def forward(self, x):
        return self.classify(F.relu(self.norm(self.conv(x))).mean(dim=(2, 3)))
