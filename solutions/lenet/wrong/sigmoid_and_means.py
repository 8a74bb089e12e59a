"""Sigmoids and average pooling, as in many a textbook.

loses: q1
hint: in place of sigmoid, and max pooling
"""

_Right = LeNet


class LeNet(_Right):
    def forward(self, x):
        x = self.bn1(F.avg_pool2d(torch.sigmoid(self.conv1(x)), 2))
        x = self.bn2(F.avg_pool2d(torch.sigmoid(self.conv2(x)), 2))
        x = torch.flatten(x, 1)
        x = self.drop(torch.sigmoid(self.fc1(x)))
        x = self.drop(torch.sigmoid(self.fc2(x)))
        return self.fc3(x)
