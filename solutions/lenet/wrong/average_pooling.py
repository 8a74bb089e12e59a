"""The sub-sampling of 1998 takes means.

loses: q1
hint: not the mean
"""

_Right = LeNet


class LeNet(_Right):
    def forward(self, x):
        x = self.bn1(F.avg_pool2d(F.relu(self.conv1(x)), 2))
        x = self.bn2(F.avg_pool2d(F.relu(self.conv2(x)), 2))
        x = torch.flatten(x, 1)
        x = self.drop(F.relu(self.fc1(x)))
        x = self.drop(F.relu(self.fc2(x)))
        return self.fc3(x)
