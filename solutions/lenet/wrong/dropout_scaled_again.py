"""In evaluation the outputs are scaled by the share kept, which torch has done in training.

loses: q4
hint: in evaluation mode leave the outputs alone
"""

_Right = LeNet


class LeNet(_Right):
    def __init__(self, n_classes=10, bn=False, drop=False):
        super().__init__(n_classes, bn, drop)
        self.rate = 0.3 if drop else 0.0

    def forward(self, x):
        x = self.bn1(F.max_pool2d(F.relu(self.conv1(x)), 2))
        x = self.bn2(F.max_pool2d(F.relu(self.conv2(x)), 2))
        x = torch.flatten(x, 1)
        for layer in (self.fc1, self.fc2):
            x = F.relu(layer(x))
            if self.rate:
                x = F.dropout(x, self.rate) if self.training else x * (1 - self.rate)
        return self.fc3(x)
