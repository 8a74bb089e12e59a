"""Dropout as a function, told by self.training; whole channels at a time."""

DROPOUT = 0.0


class Net(Net):
    def forward(self, x):
        x = F.dropout2d(self.features(x), 0.05, self.training)
        return self.classify(torch.flatten(F.adaptive_avg_pool2d(x, (1, 1)), 1))
