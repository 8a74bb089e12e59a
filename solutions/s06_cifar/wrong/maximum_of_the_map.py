"""The largest number of each map in place of the average.

loses: q6
hint: average the last map
"""

class Net(Net):
    def forward(self, x):
        return self.classify(self.features(x).amax(dim=(2, 3)))
