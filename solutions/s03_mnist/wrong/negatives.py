"""The images arrive as negatives, which the training never showed.

loses: q4
hint: train longer
"""


class Net(Net):
    def forward(self, x):
        return super().forward(-x)
