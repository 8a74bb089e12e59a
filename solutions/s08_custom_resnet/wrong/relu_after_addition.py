"""The block of the first residual networks: addition, then ReLU.

loses: q1
hint: nothing follows the addition
"""

_Right = CustomResNet


class CustomResNet(_Right):
    def forward(self, x):
        x = self.add(self.layer1, self.prep(x))
        x = self.add(self.layer3, self.layer2(x))
        return self.classify(self.pool(x).flatten(1))

    def add(self, layer, x):
        x = layer[0](x)
        first, (convolution, norm, relu) = layer[1].layers
        return relu(x + norm(convolution(first(x))))
