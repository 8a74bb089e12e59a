"""The ReLU stands before the sum: no feature can ever shrink.

loses: q1
hint: add first
"""

import resnet


class Block(resnet.BasicBlock):
    def forward(self, x):
        return self.layers(x).relu() + self.shortcut(x)


resnet.BasicBlock = Block
