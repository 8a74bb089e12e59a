"""Log-probabilities at the end; the average by AdaptiveAvgPool2d."""

class Net(Net):
    def forward(self, x):
        x = F.adaptive_avg_pool2d(self.features(x), (1, 1)).flatten(1)
        return F.log_softmax(self.classify(x), dim=1)
