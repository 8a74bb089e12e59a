"""The whole network as one Sequential, built by a function; adaptive pooling."""

import resnet
from torch import nn


def network(counts):
    layers, inputs = list(ResNetStem()), 64
    for stage, count in enumerate(counts):
        for number in range(count):
            stride = 2 if stage and not number else 1
            layers.append(resnet.BasicBlock(inputs, 64 << stage, stride))
            inputs = 64 << stage
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(512, 10))


def ResNetStem():
    return nn.Conv2d(3, 64, 3, padding=1, bias=False), nn.BatchNorm2d(64), nn.ReLU()


def ResNet18():
    return network((2, 2, 2, 2))


def ResNet34():
    return network((3, 4, 6, 3))
