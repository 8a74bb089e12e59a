"""A bank of filters that no optimiser sees.

loses: q1
hint: frozen tensors, buffers and constants count too
"""


class Net(Net):
    def __init__(self):
        super().__init__()
        self.bank = torch.randn(3000, 3, 3, 3)

    def forward(self, x):
        edges = F.conv2d(x, self.bank, padding=1).mean(1, keepdim=True)
        return super().forward(x + 0.1 * edges)


RECEPTIVE_FIELD = 75
