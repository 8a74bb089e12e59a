"""The data set has one number for all its items.

loses: q1
hint: draw all numbers once, in __init__
"""

class AdderData(AdderData):
    def __init__(self, images, labels, train=True, seed=0):
        super().__init__(images, labels, train, seed)
        self.fixed[:] = 7
