"""Each block has a 1 x 1 convolution in its shortcut, needed or not.

loses: q1
hint: the shortcut is x itself
"""

import resnet
from torch import nn


class Block(resnet.BasicBlock):
    def __init__(self, inputs, outputs, stride=1):
        super().__init__(inputs, outputs, stride)
        self.shortcut = nn.Sequential(
            nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs)
        )


resnet.BasicBlock = Block
