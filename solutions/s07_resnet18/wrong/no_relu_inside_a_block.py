"""Nothing stands between the two convolutions of a block but the norm.

loses: q1
hint: between the two convolutions
"""

import resnet
from torch import nn


class Block(resnet.BasicBlock):
    def __init__(self, inputs, outputs, stride=1):
        super().__init__(inputs, outputs, stride)
        self.layers[2] = nn.Identity()


resnet.BasicBlock = Block
