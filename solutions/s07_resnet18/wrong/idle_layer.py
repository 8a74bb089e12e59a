"""A second head is registered, and forward never calls it.

loses: q1
hint: remove what forward does not use
"""

import resnet
from torch import nn


class TwoHeads(resnet.ResNet):
    def __init__(self, blocks, classes=10):
        super().__init__(blocks, classes)
        self.other = nn.Linear(512, classes)


resnet.ResNet = TwoHeads
