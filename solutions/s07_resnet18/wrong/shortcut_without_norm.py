"""The 1 x 1 convolution of a shortcut has no batch norm.

loses: q1
hint: behind the 1 x 1 convolution
"""

import resnet
from torch import nn


class Block(resnet.BasicBlock):
    def __init__(self, inputs, outputs, stride=1):
        super().__init__(inputs, outputs, stride)
        if stride != 1 or inputs != outputs:
            self.shortcut = nn.Conv2d(inputs, outputs, 1, stride, bias=False)


resnet.BasicBlock = Block
