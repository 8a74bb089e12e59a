"""The convolutions have no ReLU.

loses: q1
hint: no ReLU after the convolutions
"""

_Right = LeNet


class LeNet(_Right):
    def forward(self, x):
        x = self.bn1(F.max_pool2d(self.conv1(x), 2))
        x = self.bn2(F.max_pool2d(self.conv2(x), 2))
        x = torch.flatten(x, 1)
        x = self.drop(F.relu(self.fc1(x)))
        x = self.drop(F.relu(self.fc2(x)))
        return self.fc3(x)
