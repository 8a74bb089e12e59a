"""The convolutions keep the biases that the batch norms undo.

loses: q1
hint: bias=False
"""

import resnet
from torch import nn


class WithBias(resnet.ResNet):
    def __init__(self, blocks, classes=10):
        super().__init__(blocks, classes)
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                module.bias = nn.Parameter(torch.zeros(module.out_channels))


resnet.ResNet = WithBias
