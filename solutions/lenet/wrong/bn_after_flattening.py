"""The second norm is a BatchNorm1d over all 400 numbers.

loses: q2
hint: not nn.BatchNorm1d
"""

_Right = LeNet


class LeNet(_Right):
    def __init__(self, n_classes=10, bn=False, drop=False):
        super().__init__(n_classes, bn, drop)
        self.bn2 = nn.BatchNorm1d(400) if bn else nn.Identity()

    def forward(self, x):
        x = self.bn1(F.max_pool2d(F.relu(self.conv1(x)), 2))
        x = self.bn2(torch.flatten(F.max_pool2d(F.relu(self.conv2(x)), 2), 1))
        x = self.drop(F.relu(self.fc1(x)))
        return self.fc3(self.drop(F.relu(self.fc2(x))))
