"""The sum of block and shortcut goes on without a ReLU.

loses: q1
hint: a ReLU follows the sum
"""

import resnet


class Block(resnet.BasicBlock):
    def forward(self, x):
        return self.layers(x) + self.shortcut(x)


resnet.BasicBlock = Block
