"""The dropouts stand in the convolutional part.

loses: q3
hint: not behind a convolution
"""

_Right = LeNet


class LeNet(_Right):
    def forward(self, x):
        x = self.drop(self.bn1(F.max_pool2d(F.relu(self.conv1(x)), 2)))
        x = self.drop(self.bn2(F.max_pool2d(F.relu(self.conv2(x)), 2)))
        x = torch.flatten(x, 1)
        x = F.relu(self.fc2(F.relu(self.fc1(x))))
        return self.fc3(x)
