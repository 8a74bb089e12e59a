"""The activations of the original network.

loses: q1
hint: in place of tanh
"""

_Right = LeNet


class LeNet(_Right):
    def forward(self, x):
        x = self.bn1(F.max_pool2d(torch.tanh(self.conv1(x)), 2))
        x = self.bn2(F.max_pool2d(torch.tanh(self.conv2(x)), 2))
        x = torch.flatten(x, 1)
        x = self.drop(torch.tanh(self.fc1(x)))
        x = self.drop(torch.tanh(self.fc2(x)))
        return self.fc3(x)
