"""ResNet-18 and ResNet-34 for images of 32 x 32 pixels (He et al., 2016).

A deep network of plain layers is hard to train because every layer has to rebuild what it
wants to keep. A residual block only adds to what it was given: y = relu(x + f(x)). Where
nothing is to be done, f has to be zero, and that is easy to learn.

The networks of the paper for photographs of 224 x 224 pixels begin with a 7 x 7 convolution
of stride 2 and a pooling. A picture of 32 x 32 would be 8 x 8 before the first block: here
the stem is one 3 x 3 convolution of stride 1, and the four stages work at 32, 16, 8 and 4.
"""

from torch import nn


class BasicBlock(nn.Module):
    """conv 3 x 3 - batch norm - ReLU - conv 3 x 3 - batch norm, plus the shortcut, then ReLU.

    The first convolution has the stride. Where stride or channels change, the shortcut is a
    1 x 1 convolution of the same stride with a batch norm; else it is x itself.
    No convolution has a bias: the batch norm behind it has one.
    """

    def __init__(self, inputs, outputs, stride=1):
        super().__init__()
        # BEGIN SOLUTION
        self.layers = nn.Sequential(
            nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False),
            nn.BatchNorm2d(outputs),
            nn.ReLU(inplace=True),
            nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False),
            nn.BatchNorm2d(outputs),
        )
        self.shortcut = nn.Identity()
        if stride != 1 or inputs != outputs:
            self.shortcut = nn.Sequential(
                nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs)
            )
        # END SOLUTION

    def forward(self, x):
        # BEGIN SOLUTION
        return (self.layers(x) + self.shortcut(x)).relu()
        # END SOLUTION


class ResNet(nn.Module):
    """A stem, four stages of blocks, the mean over the map, one linear layer.

    `blocks` are the numbers of blocks of the four stages; their channels are 64, 128, 256
    and 512. The first block of stages two, three and four has stride 2.
    """

    def __init__(self, blocks, classes=10):
        super().__init__()
        # BEGIN SOLUTION
        self.stem = nn.Sequential(
            nn.Conv2d(3, 64, 3, 1, 1, bias=False), nn.BatchNorm2d(64), nn.ReLU(inplace=True)
        )
        stages, before = [], 64
        for number, count in enumerate(blocks):
            outputs, stride = 64 * 2**number, 2 if number else 1
            rest = [BasicBlock(outputs, outputs) for _ in range(count - 1)]
            stages.append(nn.Sequential(BasicBlock(before, outputs, stride), *rest))
            before = outputs
        self.layer1, self.layer2, self.layer3, self.layer4 = stages
        self.classify = nn.Linear(512, classes)
        # END SOLUTION

    def forward(self, x):
        """Return the logits (N, classes) of images (N, 3, 32, 32)."""
        # BEGIN SOLUTION
        x = self.stem(x)
        x = self.layer4(self.layer3(self.layer2(self.layer1(x))))
        return self.classify(x.mean(dim=(2, 3)))
        # END SOLUTION


def ResNet18():
    """Return a ResNet with 2, 2, 2, 2 blocks for ten classes: 18 layers with weights."""
    # BEGIN SOLUTION
    return ResNet([2, 2, 2, 2])
    # END SOLUTION


def ResNet34():
    """Return a ResNet with 3, 4, 6, 3 blocks for ten classes: 34 layers with weights."""
    # BEGIN SOLUTION
    return ResNet([3, 4, 6, 3])
    # END SOLUTION
