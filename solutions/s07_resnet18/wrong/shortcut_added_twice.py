"""The shortcut is added inside the block and once more at its end.

loses: q1
hint: added once
"""

import resnet


class Block(resnet.BasicBlock):
    def forward(self, x):
        return (self.layers(x) + self.shortcut(x) + self.shortcut(x)).relu()


resnet.BasicBlock = Block
