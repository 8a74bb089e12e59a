"""F.dropout without self.training: it drops while testing too.

loses: q4, q5
hint: dropout works in training only
"""

class Net(Net):
    def forward(self, x):
        x = F.dropout(self.pool(self.features(x)).flatten(1), 0.1)
        return self.classify(x)
