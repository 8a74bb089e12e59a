"""The stem is small, but the pooling of the paper stands behind it.

loses: q1
hint: begin with one 3 x 3 convolution
"""

import resnet
from torch import nn


class Pooled(resnet.ResNet):
    def __init__(self, blocks, classes=10):
        super().__init__(blocks, classes)
        self.stem.append(nn.MaxPool2d(3, 2, 1))


resnet.ResNet = Pooled
