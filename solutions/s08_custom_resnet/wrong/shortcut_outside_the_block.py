"""The addition stands in the network; the block alone has none.

loses: q5
hint: the addition belongs into ResBlock
"""

class ResBlock(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.layers = nn.Sequential(conv(channels, channels), conv(channels, channels))

    def forward(self, x):
        return self.layers(x)


_Right = CustomResNet


class CustomResNet(_Right):
    def forward(self, x):
        x = self.layer1[0](self.prep(x))
        x = x + self.layer1[1](x)
        x = self.layer3[0](self.layer2(x))
        x = x + self.layer3[1](x)
        return self.classify(self.pool(x).flatten(1))
