"""F.dropout without self.training: it drops while testing too.

loses: q3, q6
hint: dropout works in training only
"""

class Net(Net):
    def forward(self, x):
        return self.layers[-1](F.dropout(self.layers[:-1](x), 0.1))
