"""Averages by a mean over both axes; log-probabilities at the end."""

class Net(Net):
    def forward(self, x):
        return F.log_softmax(self.classify(self.features(x).mean(dim=(2, 3))), dim=1)
