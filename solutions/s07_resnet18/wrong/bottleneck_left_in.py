"""The file was copied with the blocks of ResNet-50.

loses: q1
hint: no Bottleneck
"""

from torch import nn


class Bottleneck(nn.Module):
    expansion = 4

    def __init__(self, inputs, width, stride=1):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, width, 1, bias=False)
        self.conv2 = nn.Conv2d(width, width, 3, stride, 1, bias=False)
        self.conv3 = nn.Conv2d(width, self.expansion * width, 1, bias=False)
