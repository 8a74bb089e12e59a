"""The layers of the blocks are called, and nothing is added.

loses: q1
hint: adds its input
"""

_Right = CustomResNet


class CustomResNet(_Right):
    def forward(self, x):
        x = self.layer1[0](self.prep(x))
        x = self.layer1[1].layers(x)
        x = self.layer3[0](self.layer2(x))
        x = self.layer3[1].layers(x)
        return self.classify(self.pool(x).flatten(1))
