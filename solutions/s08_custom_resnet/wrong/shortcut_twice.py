"""The block adds its input, and the network adds it once more.

loses: q1
hint: in the block and again outside
"""

_Right = CustomResNet


class CustomResNet(_Right):
    def forward(self, x):
        x = self.layer1[0](self.prep(x))
        x = x + self.layer1[1](x)
        x = self.layer3[0](self.layer2(x))
        x = x + self.layer3[1](x)
        return self.classify(self.pool(x).flatten(1))
