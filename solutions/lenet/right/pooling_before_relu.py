"""Pooling before ReLU, which is the same; dropout before ReLU too; `view`."""

_Right = LeNet


class LeNet(_Right):
    def forward(self, x):
        x = self.bn1(torch.relu(F.max_pool2d(self.conv1(x), 2)))
        x = self.bn2(torch.relu(F.max_pool2d(self.conv2(x), 2)))
        x = x.view(-1, 16 * 5 * 5)
        x = torch.relu(self.drop(self.fc1(x)))
        x = self.drop(self.fc2(x)).clamp(min=0)
        return self.fc3(x)
