"""A small network that has learned nothing."""

import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.last = nn.Linear(12, 3)
        with torch.no_grad():
            self.last.weight.copy_(torch.eye(3).repeat(1, 4))

    def forward(self, images):
        return self.last(images.flatten(1))
