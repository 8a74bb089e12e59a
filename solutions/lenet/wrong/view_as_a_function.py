"""`view` is called as if it were a function.

loses: q1
hint: torch.flatten(x, 1)
"""

_Right = LeNet


class LeNet(_Right):
    def forward(self, x):
        x = self.bn1(F.max_pool2d(F.relu(self.conv1(x)), 2))
        x = self.bn2(F.max_pool2d(F.relu(self.conv2(x)), 2))
        x = view(x, -1, 400)
        x = self.drop(F.relu(self.fc1(x)))
        x = self.drop(F.relu(self.fc2(x)))
        return self.fc3(x)
