"""An average pooling with a kernel as large as the map."""

class Net(Net):
    def __init__(self):
        super().__init__()
        self.pool = nn.AvgPool2d(5)

    def forward(self, x):
        x = self.pool(self.features(x))
        return self.classify(x.view(-1, 32))
