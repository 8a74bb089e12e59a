"""The network gives probabilities.

loses: q5
hint: return the logits
"""

_Net = Net


class Net(_Net):
    def forward(self, x):
        return super().forward(x).softmax(1)
