"""The head is left at the 1,000 classes of ImageNet.

loses: q1
hint: ten classes
"""

import resnet


def ResNet18():
    return resnet.ResNet([2, 2, 2, 2], classes=1000)


def ResNet34():
    return resnet.ResNet([3, 4, 6, 3], classes=1000)
