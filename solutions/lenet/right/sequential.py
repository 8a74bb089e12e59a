"""One nn.Sequential, built by a function; weights from before the change."""

_Trained = LeNet


def LeNet(n_classes=10, bn=False, drop=False):
    layers = []
    for i, o in ((3, 6), (6, 16)):
        layers += [nn.Conv2d(i, o, kernel_size=5), nn.ReLU(inplace=True), nn.MaxPool2d(2, 2)]
        layers += [nn.BatchNorm2d(o)] if bn else []
    layers.append(nn.Flatten())
    for i, o in ((400, 120), (120, 84)):
        layers += [nn.Linear(i, o), nn.ReLU(inplace=True)]
        layers += [nn.Dropout(p=0.3)] if drop else []
    return nn.Sequential(*layers, nn.Linear(84, n_classes))


def my_lenet():
    return _Trained(bn=True)
