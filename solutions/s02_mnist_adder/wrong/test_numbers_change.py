"""A new number at each reading, in testing too.

loses: q1
hint: draw all numbers once
"""

class AdderData(AdderData):
    def __init__(self, images, labels, train=True, seed=0):
        super().__init__(images, labels, True, seed)
