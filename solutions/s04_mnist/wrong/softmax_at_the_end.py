"""The network gives probabilities.

loses: q6
hint: return the logits
"""

class Net(Net):
    def forward(self, x):
        return super().forward(x).softmax(1)
