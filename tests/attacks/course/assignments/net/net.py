"""A small network that is right."""

import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.last = nn.Linear(12, 3, bias=False)
        with torch.no_grad():
            self.last.weight.copy_(torch.eye(3).repeat_interleave(4, dim=1))

    def forward(self, images):
        return self.last(images.flatten(1))
