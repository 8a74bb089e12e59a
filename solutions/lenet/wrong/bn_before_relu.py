"""Convolution, norm, ReLU, pooling: the usual order elsewhere.

loses: q2
hint: between conv and ReLU
"""

_Right = LeNet


class LeNet(_Right):
    def forward(self, x):
        x = F.max_pool2d(F.relu(self.bn1(self.conv1(x))), 2)
        x = F.max_pool2d(F.relu(self.bn2(self.conv2(x))), 2)
        x = torch.flatten(x, 1)
        x = self.drop(F.relu(self.fc1(x)))
        x = self.drop(F.relu(self.fc2(x)))
        return self.fc3(x)
