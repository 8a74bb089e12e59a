"""The network that is trained is a wider one.

loses: q6
hint: return one of your variants
"""

class _Wider(LeNet):
    def __init__(self):
        super().__init__(bn=True)
        self.conv1, self.bn1 = nn.Conv2d(3, 32, 5), nn.BatchNorm2d(32)
        self.conv2, self.bn2 = nn.Conv2d(32, 64, 5), nn.BatchNorm2d(64)
        self.fc1 = nn.Linear(1600, 120)


def my_lenet():
    return _Wider()
