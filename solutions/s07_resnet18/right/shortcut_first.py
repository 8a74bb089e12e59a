"""The shortcut is computed before the block's own layers, and the sum is in place."""

import resnet


class Block(resnet.BasicBlock):
    def forward(self, x):
        kept = self.shortcut(x)
        out = self.layers(x)
        out += kept
        return F.relu(out, inplace=True)


resnet.BasicBlock = Block
