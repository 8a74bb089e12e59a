"""The channels arrive in another order than in training: blue, green, red.

loses: q8
hint: train longer
"""


class Net(Net):
    def forward(self, x):
        return super().forward(x.flip(1))
