"""The shortcut is made and trained, but not added where it is x itself.

loses: q1
hint: where it is x itself
"""

import resnet


class Block(resnet.BasicBlock):
    def forward(self, x):
        out = self.layers(x)
        return (out + self.shortcut(x) if len(list(self.shortcut.children())) else out).relu()


resnet.BasicBlock = Block
