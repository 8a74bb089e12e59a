"""Convolution, norm, ReLU, and only then the pooling: the usual order elsewhere.

loses: q1
hint: yours pools last
"""

def conv(inputs, outputs, pool=False):
    layers = [nn.Conv2d(inputs, outputs, 3, padding=1, bias=False), nn.BatchNorm2d(outputs)]
    layers.append(nn.ReLU(inplace=True))
    return nn.Sequential(*layers, *([nn.MaxPool2d(2)] if pool else []))
